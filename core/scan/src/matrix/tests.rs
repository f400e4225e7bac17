#![allow(clippy::unwrap_used)]

mod damage;
mod information;
mod maker;
mod streams;
mod whole;
