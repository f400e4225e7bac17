//! The scores of a located zone, as they come from the network.

use super::score::CellScore;

/// Cells a line may have: the longest line and margins at both ends for a fit that is off.
pub(crate) const MAX_LENGTH: usize = 64;

/// Lines a zone may have.
pub(crate) const MAX_LINES: usize = 3;

/// Scores of the two or three lines of a zone, line by line, all of one length: some cells before the first character,
/// the characters, some cells behind the last. Which cell is the first character is for the decoder to find; cells
/// outside the picture are [`CellScore::UNKNOWN`].
#[derive(Clone, Copy)]
pub(crate) struct ZoneScores<'a> {
    cells: &'a [CellScore],
    lines: usize,
    length: usize,
    weight: f32,
}

impl<'a> ZoneScores<'a> {
    /// `None` if these are not two or three lines of one length up to [`MAX_LENGTH`].
    pub(crate) fn new(cells: &'a [CellScore], lines: usize) -> Option<Self> {
        let length = cells.len().checked_div(lines)?;
        let fits = (2..=MAX_LINES).contains(&lines) && length <= MAX_LENGTH && length * lines == cells.len();
        fits.then_some(Self { cells, lines, length, weight: 1.0 })
    }

    /// The same, known to be so many looks' scores added up.
    pub(crate) fn weighing(self, weight: f32) -> Self {
        Self { weight, ..self }
    }

    /// Looks whose scores these are together.
    pub(crate) fn weight(&self) -> f32 {
        self.weight
    }

    pub(crate) fn lines(&self) -> usize {
        self.lines
    }

    /// Cells of each line.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// The cells of one line; none for a line that there is not.
    pub(crate) fn line(&self, line: usize) -> &'a [CellScore] {
        self.cells.get(line * self.length..(line + 1) * self.length).unwrap_or_default()
    }

    /// One cell; [`CellScore::UNKNOWN`] for one that there is not.
    pub(crate) fn cell(&self, line: usize, column: usize) -> &'a CellScore {
        self.line(line).get(column).unwrap_or(&CellScore::UNKNOWN)
    }
}
