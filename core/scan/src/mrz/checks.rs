//! The check digits of a reading: which there are, whether they fit, and with which weight each of them sees a cell.
//!
//! Whether a digit fits is the crate `mrz`'s word alone. The weights stand here because it has no call cheap enough for
//! thousands of alternatives: with them possible changes are found, which the crate then confirms.

use super::alphabet::class_of;
use super::layout::{self, Span, Text};
use super::letters::FILLER;
use super::reading::{Check, CheckedField, MrzFormat};

/// Digits a format has at most.
pub(crate) const MAX_CHECKS: usize = 5;

/// Cells that one digit answers for at most: the optional data of a card and the digit.
const MAX_COVER: usize = 32;

/// Cells under a digit at most.
const MAX_VALUE: usize = 64;

/// Weights of Doc 9303-3, §4.9, in turns.
const WEIGHTS: [usize; 3] = [7, 3, 1];

/// What the digit's own value weighs: the sum over it and its field is to end in zero.
const DIGIT_WEIGHT: usize = 9;

/// What a class counts in a check digit, of which only the last figure matters.
pub(crate) fn residue(class: usize) -> usize {
    if class == FILLER { 0 } else { class % 10 }
}

/// The digits of a format, each with whether it fits.
#[derive(Clone, Copy)]
pub(crate) struct Checks {
    all: [Check; MAX_CHECKS],
    count: usize,
}

impl Checks {
    pub(crate) fn of(format: MrzFormat, text: &Text) -> Self {
        let mut checks =
            Self { all: [Check { field: CheckedField::Composite, ok: false }; MAX_CHECKS], count: 0 };
        let rest = layout::overflow(format, text);
        for (field, (line, column, width)) in layout::fields(format) {
            let value = &text[line][column..column + width];
            let ok = match rest {
                Some((rest_line, from, length)) if field == CheckedField::DocumentNumber => {
                    let (rest, digit) = text[rest_line][from..from + length].split_at(length - 1);
                    verify(&[value, rest], digit[0])
                }
                _ => verify(&[value], text[line][column + width]),
            };
            checks.push(field, ok);
        }
        if let Some((spans, (line, column))) = layout::composite(format) {
            let mut parts: [&[u8]; 4] = [&[]; 4];
            for (part, (line, column, width)) in parts.iter_mut().zip(spans) {
                *part = &text[*line][*column..column + width];
            }
            checks.push(CheckedField::Composite, verify(&parts, text[line][column]));
        }
        checks
    }

    fn push(&mut self, field: CheckedField, ok: bool) {
        self.all[self.count] = Check { field, ok };
        self.count += 1;
    }

    pub(crate) fn all(&self) -> &[Check] {
        &self.all[..self.count]
    }

    pub(crate) fn all_ok(&self) -> bool {
        self.all().iter().all(|check| check.ok)
    }

    pub(crate) fn ok(&self, field: CheckedField) -> bool {
        self.all().iter().any(|check| check.field == field && check.ok)
    }
}

fn verify(parts: &[&[u8]], digit: u8) -> bool {
    let mut value = [0; MAX_VALUE];
    let mut length = 0;
    for part in parts {
        let Some(place) = value.get_mut(length..length + part.len()) else { return false };
        place.copy_from_slice(part);
        length += part.len();
    }
    std::str::from_utf8(&value[..length]).is_ok_and(|value| mrz::verify(value, char::from(digit)))
}

/// One cell under a digit.
#[derive(Clone, Copy, Default)]
pub(crate) struct Covered {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// What its value counts in the digit of its field; nothing where only the digit over all covers it.
    pub(crate) own: usize,
    /// What it counts in the digit over all others.
    pub(crate) all: usize,
}

/// The cells for which one digit answers, itself among them. A cell belongs to one cover; for the digit over all
/// others those are left that no other digit covers.
#[derive(Clone, Copy)]
pub(crate) struct Cover {
    pub(crate) field: CheckedField,
    cells: [Covered; MAX_COVER],
    count: usize,
}

impl Cover {
    fn of(field: CheckedField) -> Self {
        Self { field, cells: [Covered::default(); MAX_COVER], count: 0 }
    }

    pub(crate) fn cells(&self) -> &[Covered] {
        &self.cells[..self.count]
    }

    /// Adds cells, of which the first has the weight of this turn.
    fn push(&mut self, format: MrzFormat, span: Span, own: impl Fn(usize) -> usize) {
        let (line, column, width) = span;
        for nth in 0..width {
            let column = column + nth;
            let all = composite_weight(format, line, column);
            self.cells[self.count] = Covered { line, column, own: own(nth), all };
            self.count += 1;
        }
    }
}

/// The covers of a reading, each cell in one of them.
pub(crate) struct Covers {
    all: [Cover; MAX_CHECKS],
    count: usize,
}

impl Covers {
    /// They depend on the text, because a card's number may go on in the optional data.
    pub(crate) fn of(format: MrzFormat, text: &Text) -> Self {
        let mut covers = Self { all: [Cover::of(CheckedField::Composite); MAX_CHECKS], count: 0 };
        let turn = |nth: usize| WEIGHTS[nth % 3];
        let rest = layout::overflow(format, text);
        for (field, (line, column, width)) in layout::fields(format) {
            let mut cover = Cover::of(field);
            cover.push(format, (line, column, width), turn);
            match rest {
                Some((rest_line, from, length)) if field == CheckedField::DocumentNumber => {
                    cover.push(format, (line, column + width, 1), |_| 0);
                    cover.push(format, (rest_line, from, length - 1), |nth| turn(width + nth));
                    cover.push(format, (rest_line, from + length - 1, 1), |_| DIGIT_WEIGHT);
                }
                _ => cover.push(format, (line, column + width, 1), |_| DIGIT_WEIGHT),
            }
            covers.push(&cover);
        }
        if let Some((_, (line, column))) = layout::composite(format) {
            let mut cover = Cover::of(CheckedField::Composite);
            let taken = rest.map_or(0, |(_, _, length)| length);
            for (nth, (line, column, width)) in layout::optional(format).iter().enumerate() {
                let taken = if nth == 0 { taken } else { 0 };
                cover.push(format, (*line, column + taken, width - taken), |_| 0);
            }
            cover.push(format, (line, column, 1), |_| 0);
            covers.push(&cover);
        }
        covers
    }

    fn push(&mut self, cover: &Cover) {
        self.all[self.count] = *cover;
        self.count += 1;
    }

    pub(crate) fn all(&self) -> &[Cover] {
        &self.all[..self.count]
    }
}

fn composite_weight(format: MrzFormat, line: usize, column: usize) -> usize {
    let Some((spans, digit)) = layout::composite(format) else { return 0 };
    if digit == (line, column) {
        return DIGIT_WEIGHT;
    }
    let mut before = 0;
    for (at, from, width) in spans {
        if *at == line && (*from..from + width).contains(&column) {
            return WEIGHTS[(before + column - from) % 3];
        }
        before += width;
    }
    0
}

/// The last figures of the sums over a cover: of its own digit and of its part in the digit over all others. Both
/// digits fit where the first is zero and the second ones of all covers add up to zero.
pub(crate) fn sums(cover: &Cover, text: &Text) -> (usize, usize) {
    let (mut own, mut all) = (0, 0);
    for cell in cover.cells() {
        let value = class_of(text[cell.line][cell.column]).map_or(0, residue);
        own += cell.own * value;
        all += cell.all * value;
    }
    (own % 10, all % 10)
}
