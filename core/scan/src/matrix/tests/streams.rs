//! Payloads by hand-made bit streams.

use proptest::prelude::*;

use super::maker::{clear, data_codewords, drawn};
use crate::EcLevel;
use crate::matrix::segments::read;
use crate::matrix::{Effort, MatrixDecoder, agrees};

/// Writes numbers as bits, the most significant first.
#[derive(Clone, Default)]
struct Stream {
    bits: Vec<bool>,
}

impl Stream {
    fn put(mut self, value: u32, count: usize) -> Self {
        self.bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    fn text(self, version: u8, text: &[u8]) -> Self {
        let count = if version < 10 { 8 } else { 16 };
        let header = self.put(0b0100, 4).put(text.len() as u32, count);
        text.iter().fold(header, |stream, byte| stream.put((*byte).into(), 8))
    }

    /// Alphanumeric, by places in the table of 45.
    fn letters(self, letters: &[u32]) -> Self {
        let header = self.put(0b0010, 4).put(letters.len() as u32, 9);
        letters.chunks(2).fold(header, |stream, pair| match pair {
            [a, b] => stream.put(a * 45 + b, 11),
            rest => stream.put(rest[0], 6),
        })
    }

    /// Zeros to the next byte.
    fn bytes(&self) -> Vec<u8> {
        self.bits
            .chunks(8)
            .map(|bits| bits.iter().enumerate().fold(0, |sum, (i, b)| sum | u8::from(*b) << (7 - i)))
            .collect()
    }

    /// With a terminator and padding up to `len` bytes.
    fn full(&self, len: usize) -> Vec<u8> {
        let mut bytes = self.clone().put(0, 4).bytes();
        bytes.extend([0xec, 0x11].iter().cycle().take(len - bytes.len()));
        bytes
    }

    /// What it says in a version 1, filled up.
    fn says(&self) -> Option<Vec<u8>> {
        read(&self.full(100), 1).map(|payload| {
            assert!(payload.padded);
            payload.bytes
        })
    }
}

/// Places of `%`, `A` and `1` among the 45.
const PERCENT: u32 = 38;
const A: u32 = 10;

#[test]
fn digits_letters_and_bytes_follow_one_another() {
    let stream = Stream::default().put(0b0001, 4).put(8, 10).put(12, 10).put(345, 10).put(67, 7);
    assert_eq!(stream.says().unwrap(), b"01234567");
    let stream = stream.letters(&[A, 44, 36]).put(0b0001, 4).put(1, 10).put(9, 4).text(1, &[0xff, 0]);
    assert_eq!(stream.says().unwrap(), b"01234567A: 9\xff\0");
}

#[test]
fn counts_grow_with_the_version() {
    for (version, lengths) in
        [(9, [10, 9, 8, 8]), (10, [12, 11, 16, 10]), (26, [12, 11, 16, 10]), (27, [14, 13, 16, 12])]
    {
        let stream = Stream::default()
            .put(0b0001, 4)
            .put(1, lengths[0])
            .put(7, 4)
            .put(0b0010, 4)
            .put(1, lengths[1])
            .put(A, 6)
            .put(0b0100, 4)
            .put(1, lengths[2])
            .put(0x62, 8)
            .put(0b1000, 4)
            .put(1, lengths[3])
            .put(0x0d9f, 13);
        assert_eq!(read(&stream.full(40), version).unwrap().bytes, b"7Ab\x93\x5f", "version {version}");
    }
}

#[test]
fn kanji_are_shift_jis_of_both_ranges() {
    // The standard's own examples: 0x935f is 0x0d9f, 0xe4aa is 0x1aaa.
    let stream = Stream::default().put(0b1000, 4).put(2, 8).put(0x0d9f, 13).put(0x1aaa, 13);
    assert_eq!(stream.says().unwrap(), [0x93, 0x5f, 0xe4, 0xaa]);
    let no_trail_byte = Stream::default().put(0b1000, 4).put(1, 8).put(0x3f, 13);
    assert_eq!(no_trail_byte.says(), None);
}

#[test]
fn hanzi_are_gb_2312_of_both_ranges() {
    // Lead bytes count from 0xa1 in the first range and from 0xa6 in the second, trail bytes from 0xa1.
    let first = 0xa2 - 0xa1;
    let second = 0x60 * (0xd6 - 0xa6) + (0xd0 - 0xa1);
    let stream = Stream::default().put(0b1101, 4).put(1, 4).put(2, 8).put(first, 13).put(second, 13);
    assert_eq!(stream.says().unwrap(), [0xa1, 0xa2, 0xd6, 0xd0]);
    let unknown_subset = Stream::default().put(0b1101, 4).put(2, 4).put(1, 8).put(first, 13);
    assert_eq!(unknown_subset.says(), None);
}

#[test]
fn character_set_marks_of_every_length_are_skipped() {
    for (mark, count) in [(26, 8), (0x8000 + 899, 16), (0xc0_0000 + 900_000, 24)] {
        let stream = Stream::default().put(0b0111, 4).put(mark, count).text(1, "Å".as_bytes());
        assert_eq!(stream.says().unwrap(), "Å".as_bytes());
    }
    assert_eq!(Stream::default().put(0b0111, 4).put(0xe0, 8).text(1, b"x").says(), None);
}

#[test]
fn a_percent_sign_separates_groups_under_fnc1() {
    let letters = [A, PERCENT, A, PERCENT, PERCENT, A, PERCENT];
    assert_eq!(Stream::default().letters(&letters).says().unwrap(), b"A%A%%A%");
    let first = Stream::default().put(0b0101, 4);
    assert_eq!(first.clone().letters(&letters).says().unwrap(), b"A\x1dA%A\x1d");
    assert_eq!(first.text(1, b"%%\x1d").says().unwrap(), b"%%\x1d", "bytes are bytes");
    let second = Stream::default().put(0b1001, 4).put(37, 8).letters(&letters);
    assert_eq!(second.says().unwrap(), b"A\x1dA%A\x1d");
}

#[test]
fn the_header_of_a_sequence_is_skipped() {
    assert_eq!(Stream::default().put(0b0011, 4).put(0x12_ab, 16).text(1, b"part").says().unwrap(), b"part");
}

#[test]
fn a_full_code_needs_no_terminator() {
    // After one digit three of 40 bits are left, a terminator cut short; after two none.
    let letter = Stream::default().put(0b0010, 4).put(1, 9).put(A, 6).put(0b0001, 4);
    for (stream, payload) in
        [(letter.clone().put(1, 10).put(7, 4), &b"A7"[..]), (letter.put(2, 10).put(42, 7), b"A42")]
    {
        assert_eq!(stream.bits.len().div_ceil(8), 5);
        assert!(read(&stream.bytes(), 1).is_some_and(|p| p.bytes == payload && p.padded));
    }
    let exact = Stream::default().text(1, b"abc").put(0, 4).bytes();
    assert_eq!(exact.len(), 5);
    assert!(read(&exact, 1).is_some_and(|p| p.bytes == b"abc" && p.padded));
}

#[test]
fn foreign_padding_is_noticed_and_harmless() {
    let mut data = Stream::default().text(1, b"abc").full(12);
    assert!(read(&data, 1).is_some_and(|p| p.padded));
    for (index, value) in [(11, 0x11), (5, 0x11), (7, 0)] {
        let before = std::mem::replace(&mut data[index], value);
        assert!(read(&data, 1).is_some_and(|p| p.bytes == b"abc" && !p.padded), "byte {index}");
        data[index] = before;
    }
}

#[test]
fn streams_without_sense_are_no_payload() {
    let empty = Stream::default();
    assert_eq!(empty.says(), None, "nothing");
    assert_eq!(empty.clone().text(1, b"").says(), None, "an empty segment");
    assert_eq!(empty.clone().put(0b0111, 4).put(26, 8).says(), None, "a mark alone");
    for mode in [0b0110, 0b1010, 0b1011, 0b1100, 0b1110, 0b1111] {
        assert_eq!(empty.clone().text(1, b"x").put(mode, 4).says(), None, "mode {mode:b}");
    }
    assert_eq!(read(&empty.clone().put(0b0100, 4).put(200, 8).put(0, 12).bytes(), 1), None, "cut short");
    assert_eq!(empty.clone().put(0b0001, 4).put(3, 10).put(1000, 10).says(), None, "three digits above 999");
    assert_eq!(empty.clone().put(0b0001, 4).put(2, 10).put(100, 7).says(), None, "two digits above 99");
    assert_eq!(empty.clone().put(0b0001, 4).put(1, 10).put(10, 4).says(), None, "one digit above 9");
    assert_eq!(empty.clone().put(0b0010, 4).put(2, 9).put(2025, 11).says(), None, "no pair of letters");
    assert_eq!(empty.put(0b0010, 4).put(1, 9).put(45, 6).says(), None, "no letter");
}

#[test]
fn rqrr_agrees_on_the_modes_it_knows_and_has_no_word_for_others() {
    let (version, level) = (4, EcLevel::Medium);
    let len = data_codewords(version, level);
    let known = Stream::default().put(0b0111, 4).put(20, 8).put(0b1000, 4).put(1, 8).put(0x0d9f, 13);
    let known =
        known.letters(&[A, PERCENT, 44]).put(0b0001, 4).put(4, 10).put(7, 10).put(8, 4).text(4, b"\xfe");
    let unknown = Stream::default().put(0b0101, 4).letters(&[A, PERCENT, A]);
    let mut decoder = MatrixDecoder::default();
    for (stream, bytes, opinion) in
        [(known, &b"\x93\x5fA%:0078\xfe"[..], Some(true)), (unknown, &b"A\x1dA"[..], None)]
    {
        let dark = drawn(&stream.full(len), version, level);
        let read = decoder.read(&clear(&dark), Effort::Plain).unwrap();
        assert_eq!(read.bytes, bytes);
        let mut caught = 0;
        assert_eq!(agrees(33, &dark, &read.bytes, &mut caught), opinion);
        assert_eq!(caught, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_stream_is_read_or_refused(data in prop::collection::vec(any::<u8>(), 0..300), version in 1_u8..=40) {
        prop_assert!(read(&data, version).is_none_or(|payload| !payload.bytes.is_empty()));
    }
}
