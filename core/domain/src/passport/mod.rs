//! Whose passport this is, and whether it belongs to the permit.
//!
//! | file | |
//! | --- | --- |
//! | `mrz`, `lines`, `digits`, `lost` | the machine-readable zone: which lines are one, what they say, what their digits prove |
//! | `eye` | which characters of a zone that was read from pixels are left to a person |
//! | `names`, `spelling` | the ladder of rules by which two names count as one, the allowed spellings of a part |
//! | `person` | one person as one source describes him or her |
//! | `compare`, `reason` | verdicts and their reasons |
//! | `three` | the same with the record of the office's register as the third source |
//!
//! Names, nationality and sex have no check digit: they are compared, never trusted. What a failing digit leaves
//! unproven is never a mismatch. No verdict blocks a report.

mod compare;
mod digits;
mod eye;
mod lines;
mod lost;
mod mrz;
mod names;
mod person;
mod reason;
mod spelling;
mod three;

#[cfg(test)]
mod vectors;

pub use compare::{Comparison, FieldVerdict, Occasion, Remark, compare};
pub use jiff::civil::Date;
pub use mrz::{Check, Format, MrzReading, Repair, Unproven, Unreadable, Zone, ZoneField, read_mrz};
pub use person::{Origin, Person};
pub use reason::{Reason, Verdict};
pub use three::{Pair, ThreeWay, compare_three};
