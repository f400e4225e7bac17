//! Which pictures and PDF files are meant, and how raw frames lie in memory.

use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use apoa_core::scanner::Region;

use crate::failure::Stop;
use crate::sources::read_bytes;

/// Endings a folder is searched for. A file named on the command line may end as it likes.
const ENDINGS: [&str; 10] = ["png", "jpg", "jpeg", "webp", "bmp", "pgm", "ppm", "pnm", "pbm", "pdf"];

/// One file.
pub(crate) struct Input {
    /// As given; in a folder: the folder as given, `/`, the name.
    pub(crate) name: String,
}

impl Input {
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        if self.name == "-" {
            return read_bytes("-").map_err(|_| io::Error::other("standard input cannot be read"));
        }
        fs::read(&self.name)
    }
}

/// Folders become their pictures in name order.
pub(crate) fn expand(paths: &[String], raw: bool) -> Result<Vec<Input>, Stop> {
    let mut inputs = Vec::new();
    for path in paths {
        if path != "-" && Path::new(path).is_dir() {
            inputs.extend(pictures_of(path, raw)?);
        } else {
            inputs.push(Input { name: path.clone() });
        }
    }
    Ok(inputs)
}

fn pictures_of(folder: &str, raw: bool) -> Result<Vec<Input>, Stop> {
    let unreadable = |error: io::Error| Stop::unread(&folder, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ending = Path::new(&name).extension().and_then(|ending| ending.to_str());
        let wanted = raw || ending.is_some_and(|e| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(e)));
        if wanted && !name.starts_with('.') && entry.path().is_file() {
            names.push(name);
        }
    }
    names.sort();
    let folder = folder.trim_end_matches('/');
    Ok(names.into_iter().map(|name| Input { name: format!("{folder}/{name}") }).collect())
}

/// `1280x720` or `1280x720:1536`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawSize {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) stride: u32,
}

impl FromStr for RawSize {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "WIDTHxHEIGHT, WIDTHxHEIGHT:STRIDE";
        let (size, stride) = text.split_once(':').map_or((text, None), |(size, stride)| (size, Some(stride)));
        let (width, height) = size.split_once('x').ok_or(wrong)?;
        let width = width.parse().map_err(|_| wrong)?;
        let height = height.parse().map_err(|_| wrong)?;
        let stride = stride.map_or(Ok(width), |stride| stride.parse().map_err(|_| wrong))?;
        Ok(Self { width, height, stride })
    }
}

/// `X,Y,W,H`.
pub(crate) fn region(text: &str) -> Result<Region, String> {
    let wrong = || "X,Y,W,H".to_owned();
    let parts: Vec<u32> =
        text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().map_err(|_| wrong())?;
    match parts.as_slice() {
        [x, y, width, height] => Ok(Region { x: *x, y: *y, width: *width, height: *height }),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_regions_read_as_documented() {
        assert_eq!("4x3".parse(), Ok(RawSize { width: 4, height: 3, stride: 4 }));
        assert_eq!("4x3:8".parse(), Ok(RawSize { width: 4, height: 3, stride: 8 }));
        assert!("4".parse::<RawSize>().is_err());
        assert_eq!(region("1, 2,3,4"), Ok(Region { x: 1, y: 2, width: 3, height: 4 }));
        assert!(region("1,2,3").is_err());
    }
}
