//! Machine-readable zones: small frames of any pixels, or of lines of OCR-B that are drawn and damaged.

use apoa_frames::{Document, Face, Gray, Ink, Line, MrzFormat, Outlines};
use apoa_scan::mrz::MrzRead;
use apoa_scan::{FrameLayout, NoDeadline, Region, Rotation, ScanSettings, Scanner, scan_still};

use super::{DAMAGES, Input, are_sound, damage, is_place, is_sound, mirror, pixels};

/// Characters of a zone.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";

/// Bytes after a row at most.
const PADDING: u32 = 32;

/// Live looks at one picture.
const LOOKS: i64 = 3;

/// What is accepted of a zone proves itself, whatever the picture.
pub(crate) fn zone(data: &[u8]) {
    let _ = read(data);
}

/// The same, and what the picture gave.
pub(crate) fn read(data: &[u8]) -> Option<MrzRead> {
    let mut input = Input(data);
    let kind = input.byte();
    let (mut picture, padding) = if kind % 8 == 0 { (pixels(&mut input), 0) } else { strip(&mut input) };
    for _ in 0..DAMAGES {
        if input.0.is_empty() {
            break;
        }
        damage(&mut picture, &mut input);
    }
    if kind & 8 != 0 {
        mirror(&mut picture);
    }
    if kind & 16 != 0 {
        picture = sideways(&picture);
    }
    look(&picture, padding, kind & 32 != 0)
}

/// Lines of a zone in a frame that is hardly larger, and the bytes that follow each of its rows.
fn strip(input: &mut Input<'_>) -> (Gray, u32) {
    let lines = lines(input);
    let pitch = 4.0 + f32::from(input.byte() % 64) / 8.0;
    let apart = pitch * (1.5 + f32::from(input.byte() % 16) / 8.0);
    let weight = f32::from(input.byte() as i8) / 128.0;
    let (paper, ink) = (f32::from(input.byte()), f32::from(input.byte()));
    let face = if input.byte().is_multiple_of(2) { Face::Round } else { Face::Square };
    let (left, top) = (f32::from(input.byte() % 64) - 8.0, f32::from(input.byte() % 64));
    let padding = u32::from(input.byte()) % (PADDING + 1);
    let longest = lines.iter().map(String::len).max().unwrap_or(1);
    let width = (pitch * (longest + 4) as f32) as u32 + 16;
    let height = (top + apart * (lines.len() + 1) as f32) as u32 + 16;
    let mut plane = Ink::new(width, height);
    let outlines = Outlines::new(face);
    for (nth, line) in lines.iter().enumerate() {
        let base = top + apart * (nth + 1) as f32;
        outlines.draw(line, &Line { left, base, pitch, weight }, &mut plane);
    }
    let mut picture = Gray::new(width, height, 0);
    for (p, share) in picture.luma.iter_mut().zip(plane.coverage()) {
        *p = (paper + (ink - paper) * share) as u8;
    }
    (picture, padding)
}

/// A document's lines, some of their characters changed, or lines of anything.
fn lines(input: &mut Input<'_>) -> Vec<String> {
    let choice = input.byte();
    let format = MrzFormat::ALL[usize::from(choice) % 5];
    if choice & 0x80 != 0 {
        let count = 1 + usize::from(choice >> 5 & 3);
        return (0..count).map(|_| (0..format.length()).map(|_| letter(input)).collect()).collect();
    }
    let mut lines = Document::invented_in(format, u64::from(input.byte())).lines;
    for _ in 0..input.byte() % 4 {
        let (line, at, other) = (usize::from(input.byte()), usize::from(input.byte()), letter(input));
        let line = &mut lines[line % format.lines()];
        let at = at % line.len();
        line.replace_range(at..=at, other.encode_utf8(&mut [0; 4]));
    }
    lines
}

fn letter(input: &mut Input<'_>) -> char {
    char::from(ALPHABET[usize::from(input.byte()) % ALPHABET.len()])
}

/// By a quarter turn.
fn sideways(picture: &Gray) -> Gray {
    let mut turned = Gray::new(picture.height, picture.width, 0);
    let (width, height) = (picture.width as usize, picture.height as usize);
    for (nth, p) in turned.luma.iter_mut().enumerate() {
        let (x, y) = (nth % height, nth / height);
        *p = picture.luma[(height - 1 - x) * width + y];
    }
    turned
}

/// Looks as a picture and live, the rows lying apart, and at a region of it.
fn look(picture: &Gray, padding: u32, region: bool) -> Option<MrzRead> {
    let (width, height) = (picture.width, picture.height);
    let row_stride = width + padding;
    let mut luma = vec![0xa5; (row_stride * height) as usize];
    for (to, from) in
        luma.chunks_exact_mut(row_stride as usize).zip(picture.luma.chunks_exact(width as usize))
    {
        to[..width as usize].copy_from_slice(from);
    }
    let part = Region { x: width / 8, y: 0, width: width - width / 8, height };
    let region = region.then_some(part);
    let layout = FrameLayout { width, height, row_stride, rotation: Rotation::None, region, at_ms: 0 };
    let still = scan_still(&luma, layout, &NoDeadline).expect("a true layout");
    are_sound(&still.findings);
    if let Some(read) = &still.zone {
        is_a_zone(read);
    }
    let mut scanner = Scanner::new(ScanSettings::default());
    for nth in 0..LOOKS {
        let outcome = scanner.scan(&luma, FrameLayout { at_ms: nth * 33, ..layout }, &NoDeadline);
        is_sound(&outcome.expect("a true layout"));
        are_sound(scanner.findings());
    }
    still.zone
}

/// A reading has the shape of its format and says the truth about its digits; what is accepted has all of them right.
pub(crate) fn is_a_zone(read: &MrzRead) {
    let (count, length) = (read.format.lines(), read.format.length());
    assert_eq!(read.lines.len(), count, "{read:?}");
    let in_alphabet = |line: &String| line.bytes().all(|byte| ALPHABET.contains(&byte));
    assert!(read.lines.iter().all(|line| line.len() == length && in_alphabet(line)), "{read:?}");
    assert_eq!((read.chars.len(), read.cells.len()), (count * length, count * length), "{read:?}");
    assert!(read.chars.iter().all(|char| ALPHABET.contains(&char.runner_up)), "{read:?}");
    assert!((0.0..=1.0).contains(&read.certainty), "{read:?}");
    assert!(read.px_per_char.is_finite() && read.px_per_char > 0.0, "{read:?}");
    assert!(read.outline.corners.iter().chain(&read.cells).copied().all(is_place), "{read:?}");
    assert!(!read.checks.is_empty() && read.looks > 0, "{read:?}");
    let lines: Vec<&str> = read.lines.iter().map(String::as_str).collect();
    let parsed = match (read.format, &lines[..]) {
        (apoa_scan::mrz::MrzFormat::Td1, [a, b, c]) => mrz::parse_td1(a, b, c),
        (apoa_scan::mrz::MrzFormat::Td2, [a, b]) => mrz::parse_td2(a, b),
        (apoa_scan::mrz::MrzFormat::MrvA, [a, b]) => mrz::parse_mrv_a(a, b),
        (apoa_scan::mrz::MrzFormat::MrvB, [a, b]) => mrz::parse_mrv_b(a, b),
        (_, [a, b]) => mrz::parse_td3(a, b),
        _ => panic!("two or three lines"),
    };
    let fits = read.checks.iter().all(|check| check.ok);
    let proven = parsed.is_ok_and(|data| data.checksum_consistent());
    assert_eq!(fits, proven, "another word on the digits than the parser's: {read:?}");
    assert!(!read.accepted || fits, "accepted with a digit that fails: {read:?}");
    assert!(fits || read.chars.iter().any(|char| !char.proven), "all proven, and a digit fails: {read:?}");
}
