//! Specimen documents and what a phone camera makes of them, by seed.
//!
//! Draws a specimen stay permit card with a QR code ([`Card::kitas`], or one of many by [`specimen`]) or a specimen
//! passport page ([`Card::passport`]), places it on a desk in front of a pinhole camera, and spoils the picture the way
//! cameras, hands and time do: tilt, blur, noise, bad light, wear, and more ([`render`] by [`Condition`], or a
//! [`Shot`] of one's own). [`sequence`] is a hand bringing a card into view, [`troubled`] a code in view of which
//! hardly a single frame can be read, [`no_code`] a frame without any. Every frame says what is true of it: payload and
//! corners of the code.
//!
//! The same for passports, cards and visas with a machine-readable zone ([`Document`]): [`render_zone`] spoils one
//! frame, [`zone_sequence`] several looks at one document, [`no_zone`] shows what only looks like a zone. Their truth is
//! the lines and the place of each character.
//!
//! The same arguments give the same bytes on every machine: no clock, an own random sequence, and nothing but
//! additions, multiplications, divisions and square roots behind every pixel, those of the JPEG loss included.
//!
//! Every document drawn is marked SPECIMEN and CONTOH and shows the specimen persons of ICAO 9303, or in a zone names
//! and numbers made up by seed.

mod camera;
mod card;
mod conditions;
mod damage;
mod gray;
mod ink;
mod jpeg;
mod light;
mod math;
mod ocrb;
mod optics;
mod qr;
mod rng;
mod rosette;
mod scenery;
mod sequence;
mod shutter;
mod specimen;
mod surface;
mod text;
mod trouble;
mod zone;

pub use camera::{Frame, Pose, Shot, Truth};
pub use card::{Card, Holder, PlacedCode};
pub use conditions::{Condition, SEVERITIES, render, render_at};
pub use gray::{FrameError, Gray};
pub use ink::Ink;
pub use jpeg::round_trip as jpeg_loss;
pub use light::{Exposure, Glare, Light, Screen};
pub use math::{Point, Size};
pub use ocrb::{CAPITAL, Face, Line, Outlines, STROKE};
pub use optics::Optics;
pub use qr::{Code, EcLevel};
pub use rng::Rng;
pub use scenery::{Scenery, no_code};
pub use sequence::sequence;
pub use shutter::Shutter;
pub use specimen::specimen;
pub use trouble::{Trouble, troubled};
pub use zone::{
    Document, Lookalike, MrzFormat, PlacedZone, ZoneTruth, half_shown, no_zone, render_zone, zone_sequence,
};
