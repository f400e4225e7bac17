//! Pixels in, payloads out: finds and reads QR codes (model 2, versions 1 to 40, normal, inverted or mirrored) and the
//! machine-readable zones of travel documents (Doc 9303) in 8-bit luma.
//!
//! The crate is pure. It opens no file, asks no clock and rolls no dice: a frame is a borrowed slice with a
//! [`FrameLayout`], the frame's own time comes in the layout, and the time allowed comes as a [`Deadline`] that is
//! asked between steps. It knows no server, no permit and no words, and gives bytes, never a forced string.
//!
//! Two ways in:
//!
//! - [`Scanner`] for a live camera: a base lane on every frame, the slower lanes in turns, and one rule for when a
//!   payload counts (`tracker.rs`).
//! - [`scan_still`] for one picture: every lane, as long as something is unread.
//!
//! ```
//! use apoa_scan::{FrameLayout, NoDeadline, scan_still};
//!
//! let blank = vec![220; 640 * 480];
//! let still = scan_still(&blank, FrameLayout::packed(640, 480), &NoDeadline)?;
//! assert!(still.symbols().is_empty() && still.hint.is_some());
//! # Ok::<(), apoa_scan::ScanError>(())
//! ```
//!
//! How a frame becomes bytes: `frame.rs` proves the layout, so that no later index can leave the slice · `plane.rs`
//! reduces and sharpens, `threshold.rs` decides dark or light, `planes.rs` keeps both for one frame · `locate/` finds
//! finder patterns and the twos and threes that may be a code · `grid/` lays the grid over the grey picture,
//! flat, bent or drifting, and measures each module · `fusion.rs` adds up what several frames showed · `matrix/`
//! corrects errors and gives bytes · `reader.rs` runs these over one plane, `lanes.rs` says which pass runs when ·
//! `mrz/` finds and reads zones · `quality/` says what to change where nothing was read.
//!
//! Three promises. Nothing panics: no index leaves its slice, and the one call into another crate stands behind a
//! `catch_unwind`. Nothing wrong is read: a correction counts only if chance could hardly have made it
//! (`matrix/correct.rs`), a hard one only if a second decoder agrees, and an empty payload is no payload. Payloads
//! are personal data: `Debug` of everything here shows their length alone.

mod frame;
mod fusion;
mod geometry;
mod grid;
mod lanes;
mod limit;
mod locate;
mod matrix;
pub mod mrz;
mod plane;
mod planes;
mod quality;
mod reader;
mod scanner;
mod still;
mod symbol;
mod threshold;
mod tracker;
mod view;

pub use frame::{FrameFault, FrameLayout, FrameView, MAX_PIXELS, MAX_SIDE, Region, Rotation, ScanError};
pub use lanes::Ladder;
pub use limit::{Deadline, NoDeadline, WorkLimit};
pub use quality::{Blur, Coach, Glare, Hint, Memory, Side, Signals, Unread, ZoneSignals};
pub use scanner::{Payload, ScanOutcome, ScanSettings, Scanner};
pub use still::{Still, scan_still};
pub use symbol::{Correction, Decoder, EcLevel, FinderMark, Findings, Located, Outline, Point, Symbol};
