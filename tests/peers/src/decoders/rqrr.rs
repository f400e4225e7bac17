//! rqrr as its documentation uses it.

use rqrr::PreparedImage;

use super::Decoder;
use crate::clock::Clock;
use crate::content::Content;
use crate::sources::Picture;

/// Keeps nothing between pictures.
pub(super) struct Rqrr;

impl Decoder for Rqrr {
    fn read(&mut self, picture: &Picture, clock: &mut Clock) -> Vec<Content> {
        let (width, height) = (picture.width as usize, picture.height as usize);
        clock.time(|| {
            let mut image =
                PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.luma[y * width + x]);
            let payloads = image.detect_grids().into_iter().filter_map(|grid| {
                let mut bytes = Vec::new();
                grid.decode_to(&mut bytes).ok().map(|_| bytes)
            });
            payloads.filter(|bytes| !bytes.is_empty()).map(Content::Bytes).collect()
        })
    }
}
