//! Picture files to luma, within bounds: the only user of the crate `image`.

use std::io::Cursor;

use image::{GrayImage, ImageError, ImageReader, Limits};

use crate::scanner::PictureFault;

/// Longest side: phones take up to 16,000 pixels, a stitched panorama is no card.
const MOST_SIDE: u32 = 20_000;

/// Most memory one picture may take while it is decoded: 100 megapixels in colour. A bomb asks for more.
const MOST_BYTES: u64 = 400 * 1024 * 1024;

/// Decodes a file to 8-bit luma.
pub fn decode(file: &[u8]) -> Result<GrayImage, PictureFault> {
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| PictureFault::Format)?;
    if reader.format().is_none() {
        return Err(PictureFault::Format);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    match reader.decode() {
        Ok(picture) => Ok(picture.into_luma8()),
        Err(ImageError::Unsupported(_)) => Err(PictureFault::Format),
        Err(_) => Err(PictureFault::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Luma};

    use super::*;

    fn png() -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        GrayImage::from_pixel(40, 30, Luma([7])).write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn a_picture_becomes_luma() {
        let luma = decode(&png()).unwrap();
        assert_eq!((luma.width(), luma.height(), luma.get_pixel(3, 3)), (40, 30, &Luma([7])));
    }

    #[test]
    fn what_is_no_picture_and_what_is_cut_are_told_apart() {
        assert_eq!(decode(b"hello"), Err(PictureFault::Format));
        assert_eq!(decode(b""), Err(PictureFault::Format));
        let file = png();
        assert_eq!(decode(&file[..file.len() / 2]), Err(PictureFault::Damaged));
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_refused_before_its_pixels() {
        let mut file = png();
        // The width of a PNG stands at byte 16; the checksum of its header behind it no longer fits either.
        file[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        assert_eq!(decode(&file), Err(PictureFault::Damaged));
    }
}
