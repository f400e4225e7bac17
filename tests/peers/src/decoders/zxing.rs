//! zxing-cpp, in C++ behind its own crate.

use zxingcpp::{BarcodeFormat, BarcodeReader, ImageFormat, ImageView, TextMode};

use super::Decoder;
use crate::clock::Clock;
use crate::content::Content;
use crate::sources::Picture;

/// QR codes alone, as every other decoder here; those of model 1 it reads too.
pub(super) struct Zxing {
    reader: BarcodeReader,
}

impl Zxing {
    /// With everything it can try, or with nothing of it.
    pub(super) fn new(full: bool) -> Self {
        let reader = BarcodeReader::new()
            .formats(BarcodeFormat::QRCode)
            .text_mode(TextMode::Plain)
            .try_harder(full)
            .try_rotate(full)
            .try_invert(full)
            .try_downscale(full);
        Self { reader }
    }
}

impl Decoder for Zxing {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content> {
        let found = clock.time(|| {
            let view = ImageView::from_slice(&picture.luma, picture.width, picture.height, ImageFormat::Lum)?;
            self.reader.from(view)
        });
        found.into_iter().flatten().map(|barcode| Content::Bytes(barcode.bytes())).collect()
    }
}
