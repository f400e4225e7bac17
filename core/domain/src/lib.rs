//! The domain of APOA: what a permit's code says, whose passport this is, what a report must hold, what a receipt
//! proves. Values in, values out: this crate reaches no file, network, clock or random source, so every rule can be
//! replayed, fuzzed and run inside a simulator.
//!
//! | folder | what it decides |
//! | --- | --- |
//! | [`permit`] | what a payload says, and whether it may be believed |
//! | [`passport`] | the machine-readable zone, and whether passport and permit belong together |
//! | [`report`] | what a report must hold, its frozen body, its states, what a receipt proves |
//! | [`roster`] | which column of a list is which fact, and which rows can be reported |
//!
//! `roster` uses `report` and `permit`, `report` uses `permit` and `passport`, `passport` uses `permit`, all use the files beside them; nothing points back.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub mod codes;
pub mod countries;
pub mod fields;
pub mod ids;
pub mod jws;
pub mod passport;
pub mod permit;
pub mod private;
pub mod report;
pub mod roster;
mod unicode;
