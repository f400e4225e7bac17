//! The card of the shipped weights: how they came to be and how well they do.

use std::fmt::Write as _;

use crate::judge::Verdict;

/// What is told besides the verdict.
pub(crate) struct Made {
    pub(crate) seed: u64,
    pub(crate) cells: usize,
    pub(crate) temperature: f32,
    pub(crate) bytes: usize,
    pub(crate) sha256: String,
    pub(crate) date: String,
    /// What a tenth of the training must reach over all held-out cells.
    pub(crate) tenth_floor: f32,
}

/// Writes a card.
pub(crate) fn write(made: &Made, verdict: &Verdict) -> String {
    let Made { seed, cells, temperature, bytes, sha256, date, tenth_floor } = made;
    let mut out = format!(
        "# Weights of the character network, written by `train`; `check` compares.\n\
         date = \"{date}\"\nsha256 = \"{sha256}\"\nbytes = {bytes}\nseed = {seed}\ncells_learned = {cells}\n\
         temperature = {temperature:.3}\ntenth_floor = {:.1}\n\n\
         # Over all held-out cells: percent right, mean -ln p of the truth, mean error of the stated p.\n\
         right = {:.2}\nloss = {:.4}\ncalibration = {:.4}\n\n\
         # Percent right by hardship: characters, cells without one.\n[hardship]\n",
        tenth_floor * 100.0,
        verdict.right * 100.0,
        verdict.loss,
        verdict.calibration
    );
    for (name, characters, none) in &verdict.rows {
        let _ = writeln!(out, "{name} = [{:.2}, {:.2}]", characters * 100.0, none * 100.0);
    }
    out.push_str("\n# Commonest mistakes: truth, reading, times; a dot is none.\nconfusions = [\n");
    for (truth, read, times) in &verdict.confusions {
        let _ = writeln!(out, "  [\"{truth}\", \"{read}\", {times}],");
    }
    out.push_str("]\n");
    out
}

/// The text behind `key = `, quotes off.
pub(crate) fn value<'a>(card: &'a str, key: &str) -> Option<&'a str> {
    card.lines().find_map(|line| {
        Some(line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim().trim_matches('"'))
    })
}

/// Numbers behind `key = `, in brackets or not.
pub(crate) fn numbers(card: &str, key: &str) -> Vec<f32> {
    value(card, key)
        .map(|text| text.trim_matches(['[', ']']).split(',').filter_map(|n| n.trim().parse().ok()).collect())
        .unwrap_or_default()
}
