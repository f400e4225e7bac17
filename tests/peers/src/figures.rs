//! The figures of a run as rows, and the file they are frozen in: tab-separated, one line a row, so that two runs can
//! be compared by a person, by git and by `diff`.

use std::fmt::Write as _;

/// Condition of a row over a whole set.
pub(crate) const ALL: &str = "*";

/// One decoder at one place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Name of the decoder.
    pub(crate) decoder: String,
    /// Set of frames.
    pub(crate) set: String,
    /// Condition, or [`ALL`].
    pub(crate) condition: String,
    /// Strength, or 0 for all of them.
    pub(crate) severity: u8,
    /// Frames, or sequences.
    pub(crate) frames: u32,
    /// Those with a code.
    pub(crate) codes: u32,
    /// Read with the right content.
    pub(crate) read: u32,
    /// With something read that is not there.
    pub(crate) wrong: u32,
    /// The decoder panicked.
    pub(crate) panics: u32,
    /// Mean number of timed looks at a frame; costs are those of one look.
    pub(crate) looks: f64,
    /// CPU time, milliseconds.
    pub(crate) median_ms: f64,
    /// 95 of 100 looks cost at most this.
    pub(crate) p95_ms: f64,
    /// Their mean.
    pub(crate) mean_ms: f64,
    /// The dearest.
    pub(crate) max_ms: f64,
}

impl Row {
    /// Codes read, in per cent; `None` where there was none to read.
    pub(crate) fn rate(&self) -> Option<f64> {
        (self.codes > 0).then(|| f64::from(self.read) * 100.0 / f64::from(self.codes))
    }
}

/// All rows of a run, in the order of its tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    /// See [`Row`].
    pub(crate) rows: Vec<Row>,
}

/// The frozen file does not read as one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub(crate) struct FigureError {
    line: usize,
    what: &'static str,
}

const COLUMNS: [&str; 14] = [
    "decoder",
    "set",
    "condition",
    "severity",
    "frames",
    "codes",
    "read",
    "wrong",
    "panics",
    "looks",
    "median_ms",
    "p95_ms",
    "mean_ms",
    "max_ms",
];

impl Figures {
    /// One row.
    pub(crate) fn find(&self, decoder: &str, set: &str, condition: &str, severity: u8) -> Option<&Row> {
        self.rows.iter().find(|row| {
            row.decoder == decoder && row.set == set && row.condition == condition && row.severity == severity
        })
    }

    /// Decoders in their order.
    pub(crate) fn decoders(&self) -> Vec<&str> {
        distinct(self.rows.iter().map(|row| row.decoder.as_str()))
    }

    /// Sets in their order.
    pub(crate) fn sets(&self) -> Vec<&str> {
        distinct(self.rows.iter().map(|row| row.set.as_str()))
    }

    /// Conditions of a set in their order, [`ALL`] among them.
    pub(crate) fn conditions(&self, set: &str) -> Vec<&str> {
        distinct(self.rows.iter().filter(|row| row.set == set).map(|row| row.condition.as_str()))
    }

    /// As a file.
    pub(crate) fn to_tsv(&self) -> String {
        let mut out = COLUMNS.join("\t") + "\n";
        for row in &self.rows {
            let severity = if row.severity == 0 { ALL.to_owned() } else { row.severity.to_string() };
            let Row { decoder, set, condition, frames, codes, read, wrong, panics, .. } = row;
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "{decoder}\t{set}\t{condition}\t{severity}\t{frames}\t{codes}\t{read}\t{wrong}\t{panics}\t{:.2}\t{:.3}\t{:.3}\t{:.3}\t{:.3}",
                row.looks, row.median_ms, row.p95_ms, row.mean_ms, row.max_ms
            );
        }
        out
    }

    /// From a file.
    ///
    /// # Errors
    /// [`FigureError`] at the first line that does not fit.
    pub(crate) fn from_tsv(text: &str) -> Result<Self, FigureError> {
        let mut lines = text.lines().zip(1..);
        if lines.next().is_none_or(|(first, _)| first.split('\t').ne(COLUMNS)) {
            return Err(FigureError { line: 1, what: "not the columns of these figures" });
        }
        let rows = lines.map(|(text, line)| row(text).map_err(|what| FigureError { line, what }));
        Ok(Self { rows: rows.collect::<Result<_, _>>()? })
    }
}

fn row(line: &str) -> Result<Row, &'static str> {
    let fields: Vec<&str> = line.split('\t').collect();
    let &[
        decoder,
        set,
        condition,
        severity,
        frames,
        codes,
        read,
        wrong,
        panics,
        looks,
        median_ms,
        p95_ms,
        mean_ms,
        max_ms,
    ] = fields.as_slice()
    else {
        return Err("not as many columns as the first line");
    };
    let count = |field: &str| field.parse::<u32>().map_err(|_| "a count is no number");
    let decimal = |field: &str| field.parse::<f64>().map_err(|_| "a cost is no number");
    Ok(Row {
        decoder: decoder.to_owned(),
        set: set.to_owned(),
        condition: condition.to_owned(),
        severity: if severity == ALL { 0 } else { severity.parse().map_err(|_| "no severity")? },
        frames: count(frames)?,
        codes: count(codes)?,
        read: count(read)?,
        wrong: count(wrong)?,
        panics: count(panics)?,
        looks: decimal(looks)?,
        median_ms: decimal(median_ms)?,
        p95_ms: decimal(p95_ms)?,
        mean_ms: decimal(mean_ms)?,
        max_ms: decimal(max_ms)?,
    })
}

/// Each name once, in the order of first sight.
pub(crate) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row with these counts and a cost of 1 ms.
    pub(crate) fn row(decoder: &str, set: &str, condition: &str, read: u32, codes: u32) -> Row {
        Row {
            decoder: decoder.into(),
            set: set.into(),
            condition: condition.into(),
            severity: 0,
            frames: codes,
            codes,
            read,
            wrong: 0,
            panics: 0,
            looks: 1.0,
            median_ms: 1.0,
            p95_ms: 1.0,
            mean_ms: 1.0,
            max_ms: 1.0,
        }
    }

    #[test]
    fn frozen_figures_read_back_as_they_were() {
        let mut tilted = row("rqrr", "drawn", "tilt", 3, 4);
        tilted.severity = 2;
        let figures = Figures { rows: vec![tilted, row("rqrr", "drawn", ALL, 3, 4)] };
        assert_eq!(Figures::from_tsv(&figures.to_tsv()), Ok(figures));
    }

    #[test]
    fn what_does_not_read_is_named_by_its_line() {
        let good = Figures { rows: vec![row("rqrr", "drawn", "tilt", 3, 4)] }.to_tsv();
        let fault = |text: &str| Figures::from_tsv(text).unwrap_err().to_string();
        assert_eq!(fault(&(good.clone() + "rqrr\tdrawn\n")), "line 3: not as many columns as the first line");
        assert_eq!(fault(&good.replace("1.000", "fast")), "line 2: a cost is no number");
        assert_eq!(fault("decoder\tset\n"), "line 1: not the columns of these figures");
    }

    #[test]
    fn a_rate_needs_something_to_read() {
        assert_eq!(row("rqrr", "empty", "desk", 0, 0).rate(), None);
        assert_eq!(row("rqrr", "drawn", "tilt", 1, 4).rate(), Some(25.0));
    }
}
