//! What was read of a zone, and how it stands to what the picture says.

use mrz::MrzData;

/// Lines as a reader gave them back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Zone {
    /// The lines in their order.
    pub(super) lines: Vec<String>,
    /// The reader stands by the whole.
    pub(super) accepted: bool,
}

impl Zone {
    /// The zone in the words of a reader that knows text alone: the last lines that are as many, as long and of such
    /// characters as a zone's. It is accepted if every check digit of its format is right.
    pub(super) fn in_text(text: &str) -> Option<Self> {
        let lines: Vec<String> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let lines: Vec<String> = lines.into_iter().filter(|line: &String| !line.is_empty()).collect();
        let last = (0..lines.len()).rev().find_map(|from| {
            let count = lines_of(lines[from].len())?;
            let block = lines.get(from..from + count)?;
            block.iter().all(|line| line.len() == lines[from].len() && is_of_a_zone(line)).then_some(block)
        })?;
        let accepted = parse(last).is_some_and(|data| data.checksum_consistent());
        Some(Self { lines: last.to_vec(), accepted })
    }
}

/// How many lines a zone of such a length has.
fn lines_of(length: usize) -> Option<usize> {
    match length {
        30 => Some(3),
        36 | 44 => Some(2),
        _ => None,
    }
}

fn is_of_a_zone(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'<')
}

/// What lines mean in the layout that their number, length and first letter say.
fn parse(lines: &[String]) -> Option<MrzData> {
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let read = match lines[..] {
        [a, b, c] => mrz::parse_td1(a, b, c),
        [a, b] => match (a.len(), a.starts_with('V')) {
            (44, false) => mrz::parse_td3(a, b),
            (44, true) => mrz::parse_mrv_a(a, b),
            (_, false) => mrz::parse_td2(a, b),
            (_, true) => mrz::parse_mrv_b(a, b),
        },
        _ => return None,
    };
    read.ok()
}

/// The fields over which a digit of their own stands.
fn under_digits(data: &MrzData) -> Vec<String> {
    let mut fields = vec![
        data.full_document_number().to_owned(),
        data.date_of_birth.to_string(),
        data.date_of_expiry.to_string(),
    ];
    if data.checks.personal_number.is_some() {
        fields.push(data.personal_number().unwrap_or_default().to_owned());
    }
    fields
}

/// How one reader did with one picture or sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// There is a zone to read.
    pub(super) has_zone: bool,
    /// Every character of every line was read: of what was accepted or, where nothing was, of any frame.
    pub(super) right: bool,
    /// The frame, counted from 1, of which something was accepted: the first one. `None` if nothing was.
    pub(super) accepted_at: Option<u32>,
    /// At least one frame was read right, accepted or not.
    pub(super) right_once: bool,
    /// Fields with a digit of their own in what was accepted.
    pub(super) fields: u32,
    /// Those of them that are wrong.
    pub(super) wrong_fields: u32,
}

impl Verdict {
    /// Judges what was read of a picture, or of each frame of a sequence, that shows these lines, or none.
    pub(super) fn of(zones: &[Option<Zone>], expected: Option<&[String]>) -> Self {
        let mut verdict = Self { has_zone: expected.is_some(), ..Self::default() };
        let is_right = |zone: &Zone| expected.is_some_and(|lines| lines == zone.lines);
        verdict.right_once = zones.iter().flatten().any(is_right);
        verdict.right = verdict.right_once;
        let mut read = zones.iter().zip(1..).filter_map(|(zone, nth)| Some((zone.as_ref()?, nth)));
        if let Some((zone, nth)) = read.find(|(zone, _)| zone.accepted) {
            verdict.accepted_at = Some(nth);
            verdict.right = is_right(zone);
            let read = parse(&zone.lines).map(|data| under_digits(&data)).unwrap_or_default();
            let true_ones = expected.and_then(parse).map(|data| under_digits(&data)).unwrap_or_default();
            let same = |nth: usize, field: &String| true_ones.get(nth) == Some(field);
            verdict.fields = read.len() as u32;
            verdict.wrong_fields = read.iter().enumerate().filter(|(nth, it)| !same(*nth, it)).count() as u32;
        }
        verdict
    }

    /// Accepted, and not what the picture says.
    pub(super) fn is_false(&self) -> bool {
        self.accepted_at.is_some() && !self.right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPORT: [&str; 2] =
        ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn the_last_block_of_lines_in_a_text_is_its_zone() {
        let text = format!(
            "UTOPIA\n{0}\n\n P< UTO{1}\n{2}\nSPECIMEN\n",
            PASSPORT[0],
            &PASSPORT[0][5..],
            PASSPORT[1]
        );
        let zone = Zone::in_text(&text).unwrap();
        assert_eq!(zone, Zone { lines: lines(&PASSPORT), accepted: true });
        for none in ["", "UTOPIA", PASSPORT[0], &PASSPORT.join("\n").to_lowercase()] {
            assert_eq!(Zone::in_text(none), None, "{none}");
        }
        let card =
            "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
        assert!(Zone::in_text(card).unwrap().accepted);
        assert!(!Zone::in_text(&card.replace("D23145", "D24145")).unwrap().accepted);
    }

    #[test]
    fn a_name_read_wrong_is_false_though_every_digit_fits_and_no_field_is_wrong() {
        let expected = lines(&PASSPORT);
        let judge = |from: &str, to: &str| {
            let zone = Zone { lines: lines(&[&PASSPORT[0].replace(from, to), PASSPORT[1]]), accepted: true };
            Verdict::of(&[Some(zone)], Some(&expected))
        };
        let right = judge("ANNA", "ANNA");
        assert_eq!((right.right, right.is_false(), right.fields, right.wrong_fields), (true, false, 4, 0));
        let wrong = judge("ANNA", "ANMA");
        assert_eq!((wrong.right, wrong.is_false(), wrong.fields, wrong.wrong_fields), (false, true, 4, 0));
    }

    #[test]
    fn a_number_whose_letter_counts_like_its_figure_is_a_wrong_field() {
        // A figure and a letter that are equal to every digit: 8 and S, here in the document's number.
        let other = PASSPORT[1].replace("L898902C3", "LS98902C3");
        let zone = Zone::in_text(&[PASSPORT[0], &other].join("\n"));
        let verdict = Verdict::of(&[zone], Some(&lines(&PASSPORT)));
        assert_eq!((verdict.accepted_at, verdict.fields, verdict.wrong_fields), (Some(1), 4, 1));
    }

    #[test]
    fn whatever_is_accepted_where_no_zone_is_is_false() {
        let zone = Zone { lines: lines(&PASSPORT), accepted: true };
        let verdict = Verdict::of(&[Some(zone.clone())], None);
        assert!(verdict.is_false() && !verdict.has_zone && verdict.wrong_fields == 4);
        let located = Zone { accepted: false, ..zone };
        assert!(!Verdict::of(&[Some(located)], None).is_false());
        assert_eq!(Verdict::of(&[None], None), Verdict::default());
    }

    #[test]
    fn of_a_sequence_the_first_accepted_frame_counts() {
        let expected = lines(&PASSPORT);
        let right = |accepted| Some(Zone { lines: lines(&PASSPORT), accepted });
        let wrong = |accepted| Some(Zone { lines: lines(&[PASSPORT[1], PASSPORT[0]]), accepted });
        let judge = |zones: &[Option<Zone>]| {
            let verdict = Verdict::of(zones, Some(&expected));
            (verdict.right, verdict.accepted_at, verdict.is_false(), verdict.right_once)
        };
        assert_eq!(judge(&[None, wrong(false), right(true), wrong(true)]), (true, Some(3), false, true));
        assert_eq!(judge(&[right(false), wrong(true), right(true)]), (false, Some(2), true, true));
        assert_eq!(judge(&[right(false), None, wrong(false)]), (true, None, false, true));
        assert_eq!(judge(&[None, wrong(false)]), (false, None, false, false));
    }
}
