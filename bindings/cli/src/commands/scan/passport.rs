//! The passport in one picture: for commands that need its lines and nothing else.

use std::time::Duration;

use apoa_core::Scanner;
use apoa_core::codes::Code;
use apoa_core::permit::{Date, Patterns};
use apoa_core::scanner::FoundZone;

use super::line::words;
use crate::failure::{Failure, Stop};
use crate::output::{Output, WARN};
use crate::sources::read_bytes;

/// A person waits for this one picture: even a large one gets every lane on a slow machine.
pub(crate) const BUDGET: Duration = Duration::from_secs(3);

/// The zone of the picture at this path, `-` for standard input. Where none counts, what to change is said first.
pub(crate) fn zone_in_picture(path: &str, today: Date, out: &Output) -> Result<FoundZone, Stop> {
    let file = read_bytes(path)?;
    let picture = Scanner::new(Patterns::default()).scan_picture(&file, None, BUDGET)?;
    if let Some(found) = picture.zone.and_then(|zone| FoundZone::of(zone, today)) {
        return Ok(found);
    }
    if let Some(hint) = &picture.hint {
        out.note(&format!("{WARN}{}{WARN:#}", words(hint, out)));
    }
    Err(Failure::new(Code::ZoneIncomplete).into())
}
