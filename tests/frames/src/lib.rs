//! Specimen documents and what a phone camera makes of them, by seed.
//!
//! Draws a specimen stay permit card with a QR code ([`Card::kitas`], or one of many by [`specimen`]) or a specimen
//! passport page ([`Card::passport`]), places it on a desk in front of a pinhole camera, and spoils the picture the way
//! cameras, hands and time do: tilt, blur, noise, bad light, wear, and more ([`render`] by [`Condition`], or a
//! [`Shot`] of one's own). [`sequence`] is a hand bringing a card into view, [`troubled`] a code in view of which
//! hardly a single frame can be read, [`no_code`] a frame without any. Every frame says what is true of it: payload and
//! corners of the code.
//!
//! The same arguments give the same bytes on every machine: no clock, an own random sequence, and nothing but
//! additions, multiplications, divisions and square roots behind every pixel, those of the JPEG loss included.
//!
//! Everything drawn is marked SPECIMEN and CONTOH and shows the specimen persons of ICAO 9303 alone.

mod camera;
mod card;
mod conditions;
mod damage;
mod gray;
mod jpeg;
mod light;
mod math;
mod optics;
mod qr;
mod rng;
mod scenery;
mod sequence;
mod shutter;
mod specimen;
mod surface;
mod text;
mod trouble;

pub use camera::{Frame, Pose, Shot, Truth};
pub use card::{Card, Holder, PlacedCode};
pub use conditions::{Condition, SEVERITIES, render, render_at};
pub use gray::{FrameError, Gray};
pub use light::{Exposure, Glare, Light, Screen};
pub use math::{Point, Size};
pub use optics::Optics;
pub use qr::{Code, EcLevel};
pub use rng::Rng;
pub use scenery::{Scenery, no_code};
pub use sequence::sequence;
pub use shutter::Shutter;
pub use specimen::specimen;
pub use trouble::{Trouble, troubled};
