//! What the two sides say to each other over pipes: lengths before bytes, numbers little-endian. Both are this program.

use std::io::{self, Read, Write};

use super::Pixels;

/// Bytes of a password; no reader of PDF takes longer ones.
const MOST_PASSWORD: usize = 1024;

/// Pixels that are believed, in case the other side lost its mind.
pub(super) const MOST_PIXELS: u32 = 20_000_000;

/// What opening a file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    Pages(u32),
    Locked,
    Scheme,
    Damaged,
}

/// What the one who draws says.
#[derive(Debug)]
pub(super) enum Answer {
    Opened(Opened),
    Page(Pixels),
    NoFiner,
    Refused,
}

pub(super) fn write_file(to: &mut impl Write, file: &[u8], password: &str) -> io::Result<()> {
    for bytes in [file, password.as_bytes()] {
        to.write_all(&(bytes.len() as u64).to_le_bytes())?;
        to.write_all(bytes)?;
    }
    Ok(())
}

pub(super) fn read_file(from: &mut impl Read, most: usize) -> Option<(Vec<u8>, String)> {
    let file = bytes(from, most)?;
    let password = bytes(from, MOST_PASSWORD)?;
    Some((file, String::from_utf8(password).ok()?))
}

pub(super) fn write_request(to: &mut impl Write, page: u32, dpi: u16) -> io::Result<()> {
    to.write_all(&page.to_le_bytes())?;
    to.write_all(&dpi.to_le_bytes())
}

pub(super) fn read_request(from: &mut impl Read) -> Option<(u32, u16)> {
    Some((number(from)?, u16::from_le_bytes(exactly(from)?)))
}

pub(super) fn write_opened(to: &mut impl Write, opened: Opened) -> io::Result<()> {
    let (word, count) = match opened {
        Opened::Pages(count) => (b'o', count),
        Opened::Locked => (b'l', 0),
        Opened::Scheme => (b's', 0),
        Opened::Damaged => (b'd', 0),
    };
    to.write_all(&[word])?;
    to.write_all(&count.to_le_bytes())?;
    to.flush()
}

pub(super) fn write_word(to: &mut impl Write, finer: bool) -> io::Result<()> {
    to.write_all(if finer { b"r" } else { b"n" })?;
    to.flush()
}

/// Its pixels follow, as many as its sides say.
pub(super) fn write_size(to: &mut impl Write, width: u32, height: u32) -> io::Result<()> {
    to.write_all(b"p")?;
    to.write_all(&width.to_le_bytes())?;
    to.write_all(&height.to_le_bytes())
}

/// `None` where the other side ended, or says what it never says.
pub(super) fn read_answer(from: &mut impl Read) -> Option<Answer> {
    let [word] = exactly(from)?;
    Some(match word {
        b'o' => Answer::Opened(Opened::Pages(number(from)?)),
        b'l' | b's' | b'd' => {
            number(from)?;
            Answer::Opened(match word {
                b'l' => Opened::Locked,
                b's' => Opened::Scheme,
                _ => Opened::Damaged,
            })
        }
        b'p' => {
            let (width, height) = (number(from)?, number(from)?);
            let pixels = width.checked_mul(height).filter(|pixels| *pixels <= MOST_PIXELS)?;
            let mut luma = vec![0; pixels as usize];
            from.read_exact(&mut luma).ok()?;
            Answer::Page(Pixels { width, height, luma })
        }
        b'n' => Answer::NoFiner,
        b'r' => Answer::Refused,
        _ => return None,
    })
}

fn bytes(from: &mut impl Read, most: usize) -> Option<Vec<u8>> {
    let length = usize::try_from(u64::from_le_bytes(exactly(from)?)).ok()?;
    if length > most {
        return None;
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn number(from: &mut impl Read) -> Option<u32> {
    Some(u32::from_le_bytes(exactly(from)?))
}

fn exactly<const N: usize>(from: &mut impl Read) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
