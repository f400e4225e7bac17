//! rxing: its port of zxing-cpp's QR reader, and its reader that tries several sizes and a closed image.

use std::collections::HashSet;

use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{
    BarcodeFormat, BinaryBitmap, DecodeHints, FilteredImageReader, Luma8Source, MultiFormatReader, Reader,
};

use super::Decoder;
use crate::clock::Clock;
use crate::content::Content;
use crate::sources::Picture;

/// The port of zxing-cpp's QR reader over its hybrid threshold; reads every code of a picture.
pub(super) struct Ported {
    hints: DecodeHints,
}

impl Default for Ported {
    fn default() -> Self {
        Self { hints: hints(false) }
    }
}

impl Decoder for Ported {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content> {
        let found = clock.time(|| QrReader.decode_multiple_with_hints(&mut bitmap(picture)?, &self.hints));
        found.into_iter().flatten().map(|result| Content::Text(result.getText().to_owned())).collect()
    }
}

/// The filtered reader over both QR readers of the crate; reads one code of a picture.
pub(super) struct Filtered {
    hints: DecodeHints,
}

impl Default for Filtered {
    fn default() -> Self {
        Self { hints: hints(true) }
    }
}

impl Decoder for Filtered {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content> {
        let mut reader = FilteredImageReader::new(MultiFormatReader::default());
        let found = clock.time(|| reader.decode_with_hints(&mut bitmap(picture)?, &self.hints));
        found.into_iter().map(|result| Content::Text(result.getText().to_owned())).collect()
    }
}

fn hints(also_inverted: bool) -> DecodeHints {
    DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        AlsoInverted: Some(also_inverted),
        ..DecodeHints::default()
    }
}

/// Without a copy; made inside the measured call, since the threshold is part of the cost.
fn bitmap(picture: &Picture) -> rxing::common::Result<BinaryBitmap<HybridBinarizer<Luma8Source<'_>>>> {
    let source = Luma8Source::new_with_slice(&picture.luma, picture.width, picture.height)?;
    Ok(BinaryBitmap::new(HybridBinarizer::new(source)))
}
