//! A workbook as a test sees it: the parts of its archive, and the texts of its cells.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

/// A part of the archive as text, found by the directory at its end (APPNOTE 4.3.12).
pub(crate) fn part(file: &[u8], name: &str) -> String {
    let number = |at: usize, bytes: usize| {
        file[at..at + bytes].iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let mut at = 0;
    while let Some(next) = file[at..].windows(4).position(|window| window == b"PK\x01\x02") {
        let entry = at + next;
        let (packed, named) = (number(entry + 20, 4), number(entry + 28, 2));
        if &file[entry + 46..entry + 46 + named] == name.as_bytes() {
            let local = number(entry + 42, 4);
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let mut text = String::new();
            DeflateDecoder::new(&file[start..start + packed]).read_to_string(&mut text).expect("text");
            return text;
        }
        at = entry + 46 + named;
    }
    panic!("no {name}");
}

/// Every text of its cells.
pub(crate) fn texts(file: &[u8]) -> Vec<String> {
    let shared = part(file, "xl/sharedStrings.xml");
    let texts = shared.split("<t").skip(1).filter_map(|piece| piece.split_once('>')?.1.split_once("</t>"));
    texts.map(|(text, _)| text.to_owned()).collect()
}
