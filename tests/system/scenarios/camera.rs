//! Frames of a story.

use apoa_ffi::{FrameLayout, Payload, Reading, Rotation, Scanned, Scanner};

/// Looks at a frame before it has to count.
const LOOKS: i64 = 30;

const FRAME_MS: i64 = 33;

const BUDGET_MS: i32 = 1_000;

/// A grey picture of `tests/fixtures/frames`.
pub(crate) struct Frame {
    width: usize,
    height: usize,
    luma: Vec<u8>,
}

impl Frame {
    pub(crate) fn read(name: &str) -> Self {
        let file = format!("{}/fixtures/frames/{name}.pgm", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(file).unwrap();
        // `P5 WIDTH HEIGHT 255`, each followed by one white byte.
        let mut parts = bytes.splitn(5, u8::is_ascii_whitespace);
        let mut word = || std::str::from_utf8(parts.next().unwrap()).unwrap().to_owned();
        assert_eq!(word(), "P5");
        let (width, height) = (word().parse().unwrap(), word().parse().unwrap());
        assert_eq!(word(), "255");
        let luma = parts.next().unwrap().to_vec();
        assert_eq!(luma.len(), width * height);
        Self { width, height, luma }
    }

    fn layout(&self, row_stride: usize) -> FrameLayout {
        FrameLayout {
            width: i32::try_from(self.width).unwrap(),
            height: i32::try_from(self.height).unwrap(),
            row_stride: i32::try_from(row_stride).unwrap(),
            rotation: Rotation::Upright,
            region: None,
        }
    }

    /// The frame as it is, with padded rows, with a last row that ends at its last pixel, and inside something longer.
    pub(crate) fn readings(&self) -> Vec<(&'static str, Reading)> {
        let padded = self.width + 32;
        let spread: Vec<u8> =
            self.luma.chunks(self.width).flat_map(|row| [row, &[77; 32][..]].concat()).collect();
        let offset = [&[77; 4][..], &self.luma].concat();
        [
            ("whole", &self.luma[..], self.width),
            ("padded rows", &spread, padded),
            ("a short last row", &spread[..spread.len() - 32], padded),
            ("offset", &offset[4..], self.width),
        ]
        .map(|(buffer, luma, stride)| (buffer, self.reading(luma, stride)))
        .into()
    }

    fn reading(&self, luma: &[u8], stride: usize) -> Reading {
        let scanner = Scanner::new().unwrap();
        scanner.set_layout(self.layout(stride)).unwrap();
        let looks = (0..LOOKS).map(|nth| {
            scanner.scan(luma, nth * FRAME_MS, BUDGET_MS).unwrap();
            scanner.seen().unwrap()
        });
        let confirmed = looks.into_iter().find_map(|seen| match seen {
            Scanned::Confirmed { payload: Payload::Code { found }, .. } => Some(found.reading),
            _ => None,
        });
        confirmed.expect("the frame counts")
    }

    /// Scans it so often; KiB by which resident memory grew after a tenth.
    pub(crate) fn growth(&self, count: u64) -> i64 {
        let scanner = Scanner::new().unwrap();
        scanner.set_layout(self.layout(self.width)).unwrap();
        let scan = |times: std::ops::Range<u64>| {
            for nth in times {
                let at = i64::try_from(nth).unwrap() * FRAME_MS;
                scanner.scan(&self.luma, at, BUDGET_MS).unwrap();
            }
        };
        scan(0..count / 10);
        let before = resident_kb();
        scan(count / 10..count);
        resident_kb() - before
    }
}

fn resident_kb() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
