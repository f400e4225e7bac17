//! Specimen documents and what a phone camera makes of them, by seed.
//!
//! Draws a specimen stay permit card with a QR code ([`Card::kitas`]) or a specimen passport page
//! ([`Card::passport`]), places it on a desk in front of a pinhole camera, and spoils the picture the way cameras
//! do: tilt, blur, noise, bad light ([`render`] by [`Condition`], or a [`Shot`] of one's own). [`sequence`] is a
//! hand bringing a card into view. Every frame says what is true of it: payload and corners of the code.
//!
//! The same arguments give the same bytes on every machine: no clock, an own random sequence, and nothing but
//! additions, multiplications, divisions and square roots behind every pixel.
//!
//! Everything drawn is marked SPECIMEN and CONTOH and shows the specimen persons of ICAO 9303 alone.

mod camera;
mod card;
mod conditions;
mod gray;
mod light;
mod math;
mod optics;
mod qr;
mod rng;
mod sequence;
mod text;

pub use camera::{Frame, Pose, Shot, Truth};
pub use card::{Card, Holder, PlacedCode};
pub use conditions::{Condition, SEVERITIES, render};
pub use gray::{FrameError, Gray};
pub use light::{Exposure, Light};
pub use math::Point;
pub use optics::Optics;
pub use qr::{Code, EcLevel};
pub use rng::Rng;
pub use sequence::sequence;
