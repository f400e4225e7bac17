//! tesseract by its command, as its documentation uses it, told that only the zone's alphabet occurs.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{Reader, ReaderError};
use crate::clock::Clock;
use crate::sources::Picture;
use crate::zones::reading::Zone;

/// The command.
const PROGRAM: &str = "tesseract";

/// Models, the fittest first: for zones, for OCR-B, for any English print.
const MODELS: [&str; 4] = ["mrz", "ocrb", "ocrb_int", "eng"];

const ALPHABET: &str = "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";

/// Pages are divided as it finds best. To take them for one block of lines (6) costs it twice as much.
const LAYOUT: &str = "3";

/// The program with the fittest of the models that are installed.
#[derive(Clone, Debug)]
pub(super) struct Tesseract {
    version: String,
    model: &'static str,
}

impl Tesseract {
    /// What is installed here, or why it cannot be run.
    pub(super) fn installed() -> Result<Self, String> {
        let say = |argument: &str| {
            let output = Command::new(PROGRAM).arg(argument).output().map_err(|_| "not installed")?;
            Ok::<_, String>(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let version = say("--version")?.lines().next().unwrap_or(PROGRAM).to_owned();
        let models = say("--list-langs")?;
        let model = MODELS.into_iter().find(|model| models.lines().any(|line| line == *model));
        let model = model.ok_or_else(|| format!("{version} has none of the models {}", MODELS.join(", ")))?;
        Ok(Self { version, model })
    }

    /// What exactly runs.
    pub(super) fn what(&self) -> String {
        format!(
            "{}, model `{}`, `--psm {LAYOUT}`, the zone's alphabet alone; its cost holds the start of its process",
            self.version, self.model
        )
    }

    fn text(&self, picture: &Picture) -> std::io::Result<String> {
        let mut child = Command::new(PROGRAM)
            .args(["stdin", "stdout", "-l", self.model, "--psm", LAYOUT, "-c", ALPHABET])
            // One thread, as all others here.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut pipe) = child.stdin.take() {
            write!(pipe, "P5\n{} {}\n255\n", picture.width, picture.height)?;
            pipe.write_all(&picture.luma)?;
        }
        // It refuses some pictures, small ones mostly: then it has read nothing.
        child.wait_with_output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Reader for Tesseract {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Result<Option<Zone>, ReaderError> {
        let before = children_ms();
        let text = self.text(picture).map_err(|reason| ReaderError { program: PROGRAM, reason })?;
        if let (Some(before), Some(after)) = (before, children_ms()) {
            clock.add(after - before);
        }
        Ok(Zone::in_text(&text))
    }
}

/// CPU time of all ended children of this process, milliseconds, in steps of a tick (10 ms). `None` where the system
/// does not tell it this way.
fn children_ms() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything: state, ten numbers, own user and system time, the children's.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) * 1e3 / rustix::param::clock_ticks_per_second() as f64)
}
