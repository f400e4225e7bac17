#![allow(clippy::unwrap_used, clippy::print_stdout)]

use super::*;
use crate::Point;
use crate::mrz::decode::Decoder;
use crate::mrz::reading::MrzFormat;
use crate::mrz::synth::{Dice, Eye, specimen, zone};

fn outline(at: f32) -> Outline {
    let corner = |x: f32, y: f32| Point { x: at + x * 440.0, y: y * 40.0 };
    Outline { corners: [corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0), corner(0.0, 1.0)] }
}

fn look(cells: &[CellScore], lines: usize, at_ms: i64) -> Look<'_> {
    Look { scores: ZoneScores::new(cells, lines).unwrap(), outline: outline(0.0), at_ms }
}

fn text(scores: &ZoneScores<'_>) -> (Vec<String>, bool) {
    let read = Decoder::default().decode(scores).unwrap();
    (read.lines().map(str::to_owned).collect(), read.accepted)
}

/// Wipes a run of cells in each line.
fn glare(cells: &mut [CellScore], lines: usize, from: usize, width: usize) {
    let length = cells.len() / lines;
    for line in cells.chunks_exact_mut(length) {
        let end = (from + width).min(length);
        line[from.min(length)..end].fill(CellScore::UNKNOWN);
    }
}

#[test]
fn what_a_moving_glare_wipes_in_each_of_six_looks_is_read_from_their_sum() {
    let (eye, mut read) = (Eye::new(), 0);
    for seed in 0..50 {
        let mut dice = Dice::new(seed);
        let truth = zone(&mut dice, MrzFormat::Td3);
        let mut sums = ZoneSums::default();
        let mut last = None;
        for nth in 0..6 {
            let shift = dice.below(3) as isize - 1;
            let mut cells = eye.zone(&mut dice, &truth, shift, 0.25, 1.0);
            glare(&mut cells, 2, nth * 8, 10);
            assert!(!text(&ZoneScores::new(&cells, 2).unwrap()).1, "seed {seed}");
            let joined = sums.join(&look(&cells, 2, nth as i64 * 100));
            assert_eq!(joined.is_some(), nth > 0, "seed {seed} look {nth}");
            last = joined.map(|joined| (joined.looks, text(&joined.scores)));
        }
        let (looks, (lines, accepted)) = last.unwrap();
        assert_eq!(looks, 6);
        assert!(!accepted || lines == truth, "seed {seed}");
        read += usize::from(accepted);
    }
    assert!(read >= 45, "{read} of 50");
}

#[test]
fn poor_looks_are_read_together() {
    let eye = Eye::new();
    let (mut alone, mut together, mut wrong) = (0, 0, 0);
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let truth = zone(&mut dice, MrzFormat::Td1);
        let mut sums = ZoneSums::default();
        let mut read = false;
        for nth in 0..6 {
            let cells = eye.zone(&mut dice, &truth, 0, 0.35, 1.0);
            alone += usize::from(text(&ZoneScores::new(&cells, 3).unwrap()).1);
            if let Some(joined) = sums.join(&look(&cells, 3, nth * 100)) {
                let (lines, accepted) = text(&joined.scores);
                wrong += usize::from(accepted && lines != truth);
                read |= accepted;
            }
        }
        together += usize::from(read);
    }
    println!(
        "of 100 zones {together} read from six poor looks, {alone} of 600 looks read alone, {wrong} wrong"
    );
    assert!(together >= 80, "{together} of 100");
    assert_eq!(wrong, 0);
}

#[test]
fn another_document_at_the_same_place_never_mixes() {
    let eye = Eye::new();
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let one = zone(&mut dice, MrzFormat::Td3);
        let other = zone(&mut dice, MrzFormat::Td3);
        let mut sums = ZoneSums::default();
        for nth in 0..10 {
            let truth = if nth % 2 == 0 { &one } else { &other };
            let cells = eye.zone(&mut dice, truth, 0, 0.3, 1.0);
            if let Some(joined) = sums.join(&look(&cells, 2, nth * 33)) {
                assert_eq!(i64::from(joined.looks), nth / 2 + 1, "seed {seed}");
            }
        }
    }
}

#[test]
fn the_passports_of_one_family_do_not_mix() {
    // Same issuer, surname and dates of issue; numbers one apart.
    let other = [
        "P<UTOERIKSSON<<LARS<ERIK<<<<<<<<<<<<<<<<<<<<".to_owned(),
        "L898902D42UTO7203045M1204159ZE184227C<<<<<76".to_owned(),
    ];
    let eye = Eye::new();
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let mut sums = ZoneSums::default();
        let cells = eye.zone(&mut dice, &specimen(MrzFormat::Td3), 0, 0.25, 1.0);
        assert!(sums.join(&look(&cells, 2, 0)).is_none());
        let cells = eye.zone(&mut dice, &other, 0, 0.25, 1.0);
        assert!(sums.join(&look(&cells, 2, 33)).is_none(), "seed {seed}");
    }
}

#[test]
fn a_zone_found_in_part_registers_on_the_whole_one_and_the_whole_one_on_the_part() {
    let (eye, truth) = (Eye::new(), specimen(MrzFormat::Td1));
    let mut dice = Dice::new(7);
    let whole = eye.zone(&mut dice, &truth, 0, 0.2, 1.0);
    // The last two lines, their first six cells outside the picture and not given.
    let length = whole.len() / 3;
    let part: Vec<CellScore> =
        whole[length..].chunks_exact(length).flat_map(|line| &line[6..]).copied().collect();
    let mut sums = ZoneSums::default();
    assert!(sums.join(&look(&whole, 3, 0)).is_none());
    let joined = sums.join(&look(&part, 2, 33)).unwrap();
    assert_eq!((joined.offset, joined.looks), (Offset { line: 1, column: 6 }, 2));
    assert_eq!(text(&joined.scores), (truth.clone(), true));
    let mut sums = ZoneSums::default();
    assert!(sums.join(&look(&part, 2, 0)).is_none());
    let joined = sums.join(&look(&whole, 3, 33)).unwrap();
    assert_eq!((joined.offset, joined.looks), (Offset::default(), 2));
    assert_eq!(text(&joined.scores), (truth, true));
}

#[test]
fn one_look_that_is_surely_wrong_is_outvoted() {
    let (eye, truth) = (Eye::new(), specimen(MrzFormat::Td3));
    let mut dice = Dice::new(3);
    let mut sums = ZoneSums::default();
    for nth in 0..4 {
        let mut cells = eye.zone(&mut dice, &truth, 0, 0.2, 1.0);
        if nth == 0 {
            // A letter of the surname, where no digit helps.
            cells[crate::mrz::synth::MARGIN + 7] = eye.look(&mut dice, 10, 0.05, 1.0);
        }
        if let Some(joined) = sums.join(&look(&cells, 2, nth * 33))
            && nth == 3
        {
            assert_eq!(text(&joined.scores), (truth.clone(), true));
        }
    }
}

#[test]
fn what_lies_elsewhere_long_ago_or_in_the_same_frame_does_not_join() {
    let eye = Eye::new();
    let cells = eye.zone(&mut Dice::new(1), &specimen(MrzFormat::Td3), 0, 0.2, 1.0);
    for (at, at_ms) in [(300.0, 33), (0.0, 1_001), (0.0, -1), (0.0, 0)] {
        let mut sums = ZoneSums::default();
        assert!(sums.join(&look(&cells, 2, 0)).is_none());
        let mut again = look(&cells, 2, at_ms);
        again.outline = outline(at);
        assert!(sums.join(&again).is_none(), "{at} px, {at_ms} ms");
    }
}
