//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Ours, rqrr, rxing and zxing-cpp over the same frames: what each reads, and what it costs.
#[derive(Debug, Parser)]
#[command(name = "apoa-peers", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the decoders, prints their figures and writes scanner-table.md, scanner-table.tsv and scanner-chart.svg.
    Table(TableArguments),
    /// Runs the readers of machine-readable zones over pictures and sequences, prints their figures and writes
    /// zone-table.md and zone-table.tsv.
    Zones(ZoneArguments),
    /// Prints what differs between two frozen tables, condition by condition.
    Diff {
        /// An earlier scanner-table.tsv.
        old: PathBuf,
        /// A later one.
        new: PathBuf,
        /// Decoders, or families of them, to compare.
        #[arg(long, value_delimiter = ',', default_value = crate::decoders::OURS)]
        decoders: Vec<String>,
    },
    /// Lists the decoders.
    Decoders,
}

/// What every run reads, and where it writes.
#[derive(Debug, Args)]
pub(crate) struct PictureArguments {
    /// Seed of everything drawn.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for the files of the run.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"))]
    pub(crate) out: PathBuf,
    /// A folder with manifest.tsv; may be given several times.
    #[arg(long)]
    pub(crate) folder: Vec<PathBuf>,
    /// Only places whose `set/condition-severity` holds this word.
    #[arg(long, default_value = "")]
    pub(crate) only: String,
}

#[derive(Debug, Args)]
pub(crate) struct TableArguments {
    /// Frames drawn for each condition and severity.
    #[arg(long, default_value_t = 15)]
    pub(crate) n: u32,
    /// Frames drawn without a code, of each kind and size.
    #[arg(long, default_value_t = 5)]
    pub(crate) empty: u32,
    /// Sequences of 15 frames drawn for each trouble and severity.
    #[arg(long, default_value_t = 3)]
    pub(crate) sequences: u32,
    #[command(flatten)]
    pub(crate) pictures: PictureArguments,
    /// Decoders, or families of them.
    #[arg(long, value_delimiter = ',')]
    pub(crate) decoders: Vec<String>,
    /// Does everything so many times and keeps the least cost of each look.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) repeat: u32,
    /// Prints every severity.
    #[arg(long)]
    pub(crate) severities: bool,
    /// Names each frame that was read wrongly or brought a panic.
    #[arg(long)]
    pub(crate) name_odd: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ZoneArguments {
    /// Frames drawn for each condition and severity.
    #[arg(long, default_value_t = 3)]
    pub(crate) n: u32,
    /// Frames drawn of each kind that only looks like a zone.
    #[arg(long, default_value_t = 3)]
    pub(crate) empty: u32,
    /// Sequences of 6 frames drawn for each hard condition and severity 3 and 4.
    #[arg(long, default_value_t = 3)]
    pub(crate) sequences: u32,
    #[command(flatten)]
    pub(crate) pictures: PictureArguments,
    /// Readers, or families of them: ours-still, ours-live (sequences alone), tesseract.
    #[arg(long, value_delimiter = ',')]
    pub(crate) readers: Vec<String>,
    /// Names each picture or sequence of which something wrong was accepted, or that ours did not read, with what was read.
    #[arg(long)]
    pub(crate) name_odd: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
