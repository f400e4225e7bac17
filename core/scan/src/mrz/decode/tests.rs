#![allow(clippy::unwrap_used, clippy::print_stdout)]

use proptest::prelude::*;

use super::*;
use crate::mrz::alphabet::class_of;
use crate::mrz::reading::CheckedField;
use crate::mrz::score::CellScore;
use crate::mrz::synth::{Dice, Eye, MARGIN, parsed, scored, scores, specimen, zone};
use crate::mrz::zone::MAX_LENGTH;

fn lines(read: &Decoded) -> Vec<String> {
    read.lines().map(str::to_owned).collect()
}

#[test]
fn clear_zones_of_every_layout_are_read_and_accepted_wherever_the_fit_thinks_they_begin() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    for format in FORMATS {
        for shift in -2..=2 {
            let truth = specimen(format);
            let cells = eye.zone(&mut Dice::new(1), &truth, shift, 0.1, 1.0);
            let read = decoder.decode(&scores(&cells, truth.len())).unwrap();
            assert_eq!((read.placement.format, lines(&read)), (format, truth), "{format:?} {shift}");
            assert!(read.accepted && read.repairs == 0, "{format:?} {shift}");
        }
    }
}

#[test]
fn digits_agree_with_the_crate_and_what_is_accepted_is_seldom_wrong() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    // From clear to hopeless; whoever is surer than he has reason to be is believed too much, which is for the network to
    // avoid.
    for (noise, boast) in [(0.2, 1.0), (0.3, 1.0), (0.4, 1.0), (0.5, 1.0), (0.35, 2.0)] {
        let (mut right, mut accepted, mut wrong, mut repaired, mut doubt) = (0, 0, 0, 0, 0.0);
        let all = 2_000;
        for seed in 0..all {
            let mut dice = Dice::new(seed);
            let format = FORMATS[dice.below(5)];
            let truth = zone(&mut dice, format);
            let shift = dice.below(5) as isize - 2;
            let cells = eye.zone(&mut dice, &truth, shift, noise, boast);
            let read = decoder.decode(&scores(&cells, truth.len())).unwrap();
            let text = lines(&read);
            for check in read.checks() {
                if let Some(data) = parsed(read.placement.format, &text) {
                    let theirs = match check.field {
                        CheckedField::DocumentNumber => data.checks.document_number,
                        CheckedField::BirthDate => data.checks.date_of_birth,
                        CheckedField::ExpiryDate => data.checks.date_of_expiry,
                        CheckedField::PersonalNumber => data.checks.personal_number,
                        CheckedField::Composite => data.checks.composite,
                    };
                    assert_eq!(theirs, Some(check.ok), "seed {seed}, {:?}", check.field);
                }
            }
            for (nth, line) in text.iter().enumerate() {
                for (column, c) in line.bytes().enumerate() {
                    let letters = layout::place(read.placement.format, nth, column).letters();
                    assert!(letters.holds(class_of(c).unwrap()), "seed {seed}, {nth} {column}");
                }
            }
            let valid = || parsed(read.placement.format, &text).is_some_and(|data| data.valid());
            assert!(!read.accepted || valid(), "seed {seed}");
            right += usize::from(text == truth);
            accepted += usize::from(read.accepted);
            repaired += usize::from(read.accepted && read.repairs > 0);
            wrong += usize::from(read.accepted && text != truth);
            doubt += if read.accepted { 1.0 - read.certainty } else { 0.0 };
        }
        println!(
            "noise {noise}, boast {boast}: of {all} {right} right, {accepted} accepted, {repaired} repaired, {wrong} wrong"
        );
        // Not more of them are wrong than their own certainty says, chance aside.
        assert!(boast > 1.0 || wrong as f32 <= 1.5 * doubt + 6.0, "{wrong} wrong, {doubt} expected");
        assert!(noise > 0.2 || accepted * 10 > all as usize * 9);
    }
}

#[test]
fn a_digit_puts_one_misread_right_and_says_so() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let truth = specimen(MrzFormat::Td3);
    // Birth date: a 3 where an 8 stands, and the 8 next likely.
    let mut dice = Dice::new(5);
    let mut cells = eye.zone(&mut dice, &truth, 0, 0.1, 1.0);
    let at = cells.len() / 2 + MARGIN + 16;
    cells[at] = doubtful(b'3', b'8', 2.0);
    let read = decoder.decode(&scores(&cells, 2)).unwrap();
    assert_eq!(lines(&read), truth);
    assert!(read.accepted && read.repairs == 1);
    // Two of them are for the eye.
    let other = cells.len() / 2 + MARGIN + 22;
    cells[other] = doubtful(b'7', b'2', 2.0);
    let read = decoder.decode(&scores(&cells, 2)).unwrap();
    let failing = read.checks().iter().filter(|check| !check.ok).count();
    assert!(!read.accepted && read.repairs == 0 && failing >= 2);
}

#[test]
fn a_digit_that_is_clearly_printed_wrong_stays_as_it_is_and_is_shown() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    for (line, column) in [(1, 9), (1, 19), (1, 27), (1, 43), (1, 13)] {
        let mut text = specimen(MrzFormat::Td3);
        let printed = text[line].as_bytes()[column];
        let wrong = char::from(if printed == b'9' { b'0' } else { printed + 1 });
        text[line].replace_range(column..=column, &wrong.to_string());
        let cells = eye.zone(&mut Dice::new(7), &text, 0, 0.05, 1.0);
        let read = decoder.decode(&scores(&cells, 2)).unwrap();
        assert_eq!(lines(&read), text, "{column}");
        assert!(!read.accepted && read.repairs == 0, "{column}");
        assert!(read.checks().iter().any(|check| !check.ok), "{column}");
    }
}

#[test]
fn look_alikes_that_no_digit_separates_are_not_accepted_in_doubt_and_never_proven() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let truth = specimen(MrzFormat::Td3);
    let mut cells = eye.zone(&mut Dice::new(6), &truth, 0, 0.1, 1.0);
    // The number's first letter L against 1.
    let at = cells.len() / 2 + MARGIN;
    cells[at] = doubtful(b'L', b'1', 1.5);
    let read = decoder.decode(&scores(&cells, 2)).unwrap();
    let proof = read.proofs()[44];
    assert!(read.checks.all_ok() && !read.accepted);
    assert!(!proof.proven && proof.runner_up == b'1' && proof.p < 230);
    assert!(read.proofs()[45].proven && !read.proofs()[5].proven);
}

/// Of the same odds, once a remnant of the other character and once not.
#[test]
fn what_wear_may_have_left_of_another_character_is_not_believed_in_a_name() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    for (second, accepted) in [(b'R', false), (b'S', true)] {
        let mut truth = specimen(MrzFormat::Td3);
        truth[0].replace_range(22..23, "P");
        let mut cells = eye.zone(&mut Dice::new(6), &truth, 0, 0.1, 1.0);
        cells[MARGIN + 22] = doubtful(b'P', second, 3.2);
        let read = decoder.decode(&scores(&cells, 2)).unwrap();
        assert!(lines(&read) == truth && read.accepted == accepted, "{}", char::from(second));
        // What two looks are in doubt about alike is no less in doubt.
        cells[MARGIN + 22] = doubtful(b'P', second, 2.0 * 3.2);
        let read = decoder.decode(&scores(&cells, 2).weighing(2.0)).unwrap();
        assert_eq!(read.accepted, accepted, "{}", char::from(second));
    }
}

#[test]
fn a_zone_whose_end_is_not_seen_is_not_accepted() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let truth = specimen(MrzFormat::Td2);
    let mut cells = eye.zone(&mut Dice::new(8), &truth, 0, 0.1, 1.0);
    let length = cells.len() / 2;
    for line in cells.chunks_exact_mut(length) {
        line[length - MARGIN..].fill(CellScore::UNKNOWN);
    }
    let read = decoder.decode(&scores(&cells, 2)).unwrap();
    assert!(lines(&read) == truth && !read.accepted);
    // Nor one that goes on.
    for line in cells.chunks_exact_mut(length) {
        line[length - MARGIN] = eye.look(&mut Dice::new(9), 17, 0.1, 1.0);
    }
    assert!(!decoder.decode(&scores(&cells, 2)).unwrap().accepted);
}

#[test]
fn a_long_number_of_a_card_goes_on_in_its_optional_data() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let truth: Vec<String> = [
        "I<UTOD23145890<7349<<<<<<<<<<<",
        "3407127M9507122UTO<<<<<<<<<<<2",
        "STEVENSON<<PETER<JOHN<<<<<<<<<",
    ]
    .map(str::to_owned)
    .to_vec();
    assert!(parsed(MrzFormat::Td1, &truth).unwrap().valid());
    let cells = eye.zone(&mut Dice::new(4), &truth, 1, 0.1, 1.0);
    let read = decoder.decode(&scores(&cells, 3)).unwrap();
    assert!(lines(&read) == truth && read.accepted && read.proofs()[17].proven);
}

#[test]
fn the_old_french_card_is_not_taken_for_another() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let truth =
        ["IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6"].map(str::to_owned);
    for seed in 0..200 {
        let cells = eye.zone(&mut Dice::new(seed), &truth, 0, 0.15, 1.0);
        assert!(!decoder.decode(&scores(&cells, 2)).unwrap().accepted, "seed {seed}");
    }
}

#[test]
fn a_page_of_fixed_pitch_print_is_no_zone() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let mut best = f32::MIN;
    for seed in 0..6_000 {
        let mut dice = Dice::new(seed);
        let count = 2 + dice.below(2);
        // Words across the whole width, columns of figures, or lines as long as a zone's.
        let spaces = if dice.share() < 0.5 { 0.15 } else { 0.0 };
        let printed = [30, 36, 44, 64][dice.below(4)];
        let figures = dice.share();
        let length = (printed + 2 * MARGIN).min(MAX_LENGTH);
        let inside = if printed == 64 { 0..64 } else { MARGIN..MARGIN + printed };
        let cells: Vec<CellScore> = (0..count * length)
            .map(|nth| {
                let paper = !inside.contains(&(nth % length)) || dice.share() < spaces;
                let class = match (paper, dice.share() < figures) {
                    (true, _) => NONE,
                    (_, true) => dice.below(10),
                    (_, false) => 10 + dice.below(26),
                };
                eye.look(&mut dice, class, 0.2, 1.0)
            })
            .collect();
        let read = decoder.decode(&scores(&cells, count)).unwrap();
        best = best.max(read.quality);
        assert!(!read.accepted, "seed {seed}");
    }
    let cells = eye.zone(&mut Dice::new(1), &specimen(MrzFormat::Td3), 0, 0.2, 1.0);
    let zone = decoder.decode(&scores(&cells, 2)).unwrap().quality;
    println!("quality of print at most {best}, of a zone {zone}");
    assert!(zone > best);
}

#[test]
fn nothing_is_allocated_once_a_zone_was_decoded() {
    let (eye, mut decoder) = (Eye::new(), Decoder::default());
    let cells = eye.zone(&mut Dice::new(1), &specimen(MrzFormat::Td3), 0, 0.25, 1.0);
    assert!(decoder.decode(&scores(&cells, 2)).is_some());
    let again = allocation_counter::measure(|| {
        assert!(decoder.decode(&scores(&cells, 2)).is_some());
    });
    assert_eq!(again.count_total, 0);
}

/// Surely one of two, the first by so many steps of the logarithm.
fn doubtful(first: u8, second: u8, by: f32) -> CellScore {
    let mut logits = [-20.0; CLASSES];
    logits[class_of(first).unwrap()] = 0.0;
    logits[class_of(second).unwrap()] = -by;
    scored(&logits)
}

proptest! {
    #[test]
    fn any_scores_give_a_reading_of_its_alphabet_or_none(
        lines in 2_usize..=3,
        length in 0_usize..=MAX_LENGTH,
        seed in any::<u64>(),
        known in 0.0_f32..1.0,
    ) {
        let mut dice = Dice::new(seed);
        let cells: Vec<CellScore> = (0..lines * length)
            .map(|_| CellScore {
                log_p: std::array::from_fn(|_| -(dice.below(32_768) as i16)),
                known: dice.share() < known,
            })
            .collect();
        let read = Decoder::default().decode(&scores(&cells, lines));
        prop_assert_eq!(read.is_some(), length >= 36 || (lines == 3 && length >= 30));
        if let Some(read) = read {
            let format = read.placement.format;
            prop_assert_eq!(read.lines().count(), format.lines());
            for (nth, line) in read.lines().enumerate() {
                prop_assert_eq!(line.len(), format.length());
                for (column, c) in line.bytes().enumerate() {
                    let letters = layout::place(format, nth, column).letters();
                    prop_assert!(class_of(c).is_some_and(|class| letters.holds(class)));
                }
            }
        }
    }
}
