//! What people can type, below the help of each command and in the manual. A command without an example, or an example
//! that the program would not take, fails the tests.

use std::fmt::Write as _;

/// The words of a command and what it may look like; an id stands for one that a list showed.
const EXAMPLES: &[(&[&str], &[&str])] = &[
    (
        &["scan"],
        &[
            "apoa scan card.png",
            "apoa scan --json --sequence frames/",
            "apoa scan --annotate seen/ photo.jpg",
        ],
    ),
    (
        &["read"],
        &["apoa read 'https://evisa.imigrasi.go.id@example.com/'", "apoa read --lookup 2C21XX0000-K"],
    ),
    (
        &["mrz"],
        &[
            "apoa mrz 'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<' 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'",
        ],
    ),
    (&["compare"], &["apoa compare --permit @permit.txt --mrz @passport.txt --check-out 24-11-2026"]),
    (&["login"], &["apoa login --server https://office.example --trust office.pem --user resepsionis"]),
    (&["logout"], &["apoa logout"]),
    (&["whoami"], &["apoa whoami"]),
    (
        &["report", "new"],
        &[
            "apoa report new --kind lodging.check_in --passport page.jpg --field check_in=24-11-2026 --field nights=3 \
             --field purpose=holiday",
            "apoa report new --kind lodging.check_in --next-of 019ab1c2-7d3e-7000-8000-000000000001 --passport page.jpg",
        ],
    ),
    (&["report"], &["apoa report list", "apoa --show-pii report show 019ab1c2-7d3e-7000-8000-000000000001"]),
    (&["report", "list"], &["apoa report list --state needs_correction"]),
    (&["report", "show"], &["apoa --show-pii report show 019ab1c2-7d3e-7000-8000-000000000001"]),
    (&["report", "search"], &["apoa report search 'anna eriks'", "apoa report search L898902C3"]),
    (
        &["report", "extend"],
        &["apoa report extend 019ab1c2-7d3e-7000-8000-000000000001 --field check_out_planned=30-11-2026"],
    ),
    (
        &["report", "check-out"],
        &["apoa report check-out 019ab1c2-7d3e-7000-8000-000000000001 --field check_out=27-11-2026"],
    ),
    (
        &["report", "change"],
        &[
            "apoa report change 019ab1c2-7d3e-7000-8000-000000000001 --field change=position --field new=Foreman --field \
             since=24-11-2026",
        ],
    ),
    (
        &["report", "end"],
        &[
            "apoa report end 019ab1c2-7d3e-7000-8000-000000000001 --field end=30-11-2026 --field reason='contract over'",
        ],
    ),
    (&["report", "attach"], &["apoa report attach 019ab1c2-7d3e-7000-8000-000000000001 page.jpg"]),
    (&["report", "edit"], &["apoa report edit 019ab1c2-7d3e-7000-8000-000000000001 --field room=14"]),
    (
        &["report", "cancel"],
        &["apoa report cancel 019ab1c2-7d3e-7000-8000-000000000001 --field reason='reported twice'"],
    ),
    (&["report", "discard"], &["apoa report discard 019ab1c2-7d3e-7000-8000-000000000001"]),
    (&["report", "hand-over"], &["apoa report hand-over --hours 8"]),
    (&["queue"], &["apoa queue"]),
    (&["queue", "retry"], &["apoa queue retry --all"]),
    (&["queue", "supersede"], &["apoa queue supersede 019ab1c2-7d3e-7000-8000-000000000001"]),
    (&["profile"], &["apoa profile --check"]),
    (&["profile", "show"], &["apoa profile show"]),
    (&["profile", "set"], &["apoa profile set 'address=Jalan Contoh 1' city=Denpasar"]),
    (&["unit"], &["apoa unit list"]),
    (&["unit", "list"], &["apoa unit list"]),
    (&["unit", "use"], &["apoa unit use 019ab1c2-7d3e-7000-8000-000000000002"]),
    (&["sync"], &["apoa sync", "apoa sync --budget 5m", "apoa sync --dry-run"]),
    (
        &["receipt"],
        &[
            "apoa receipt pdf 019ab1c2-7d3e-7000-8000-000000000001 receipt.pdf",
            "apoa receipt verify receipt.pdf",
        ],
    ),
    (&["receipt", "show"], &["apoa receipt show 019ab1c2-7d3e-7000-8000-000000000001"]),
    (
        &["receipt", "pdf"],
        &[
            "apoa receipt pdf 019ab1c2-7d3e-7000-8000-000000000001 receipt.pdf",
            "apoa receipt pdf 019ab1c2-7d3e-7000-8000-000000000001 019ab1c2-7d3e-7000-8000-000000000002 list.pdf",
        ],
    ),
    (&["receipt", "verify"], &["apoa receipt verify receipt.png --passport L898902C3"]),
    (&["serve"], &["apoa serve --db office.db", "apoa serve --fail drop_after_commit@/ops*2"]),
    (&["office"], &["apoa office reports --db office.db"]),
    (&["office", "reports"], &["apoa office reports --db office.db"]),
    (&["office", "accept"], &["apoa office accept --db office.db 019ab1c2-7d3e-7000-8000-000000000001"]),
    (
        &["office", "correct"],
        &["apoa office correct --db office.db 019ab1c2-7d3e-7000-8000-000000000001 --field birth_date"],
    ),
    (
        &["office", "reject"],
        &[
            "apoa office reject --db office.db 019ab1c2-7d3e-7000-8000-000000000001 --reason 'not a foreigner'",
        ],
    ),
    (&["office", "access-code"], &["apoa office access-code --db office.db --user resepsionis"]),
    (&["office", "audit"], &["apoa office audit --db office.db"]),
    (&["demo"], &["apoa demo", "apoa demo --out demo/"]),
    (
        &["export"],
        &[
            "apoa export present",
            "apoa export present inspection.pdf",
            "apoa export expiring board.xlsx",
            "apoa export deadlines",
            "apoa export outage proof.pdf",
            "apoa export breach notice.csv",
        ],
    ),
    (
        &["import"],
        &["apoa import workers.xlsx --check", "apoa import workers.xlsx --errors to-fix.xlsx --send"],
    ),
    (&["template"], &["apoa template pekerja.xlsx --lang id"]),
    (&["doctor"], &["apoa doctor", "apoa doctor --bundle for-support.json"]),
    (&["explain"], &["apoa explain APOA-N501", "apoa explain --lang id v301"]),
    (&["completions"], &["apoa completions bash > ~/.local/share/bash-completion/completions/apoa"]),
    (&["man"], &["apoa man > apoa.1"]),
];

/// The command with the examples of all commands below it.
pub(crate) fn added_to(command: clap::Command) -> clap::Command {
    EXAMPLES.iter().fold(command, |command, (path, lines)| at(command, path, lines))
}

/// Features leave commands out, and their examples with them.
fn at(command: clap::Command, path: &[&'static str], lines: &[&str]) -> clap::Command {
    let Some((&first, below)) = path.split_first() else { return command.after_help(said(lines)) };
    if command.find_subcommand(first).is_none() {
        return command;
    }
    command.mut_subcommand(first, |found| at(found, below, lines))
}

fn said(lines: &[&str]) -> String {
    lines.iter().fold("Examples:".to_owned(), |mut text, line| {
        let _ = write!(text, "\n  {line}");
        text
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::*;
    use crate::args::Cli;

    fn with_children(command: &Command, path: &[String], seen: &mut Vec<Vec<String>>) {
        for child in
            command.get_subcommands().filter(|child| !child.is_hide_set() && child.get_name() != "help")
        {
            let path = [path, &[child.get_name().to_owned()]].concat();
            with_children(child, &path, seen);
            if !child.is_subcommand_required_set() {
                seen.push(path);
            }
        }
    }

    #[test]
    fn every_command_that_can_be_typed_has_an_example() {
        let mut typed = Vec::new();
        with_children(&Cli::command(), &[], &mut typed);
        assert!(typed.len() > 30, "{typed:?}");
        for path in typed {
            assert!(EXAMPLES.iter().any(|(words, _)| path == *words), "no example for {path:?}");
        }
    }

    #[test]
    fn every_example_is_understood_as_the_command_it_stands_below() {
        for (path, lines) in EXAMPLES {
            for line in *lines {
                // What the shell does with the rest is the shell's.
                let typed = line.split(" > ").next().unwrap();
                let words = shlex::split(typed).unwrap();
                let matched = Cli::command().try_get_matches_from(words);
                let mut matched = &matched.unwrap_or_else(|error| panic!("{line}: {error}"));
                for word in *path {
                    let (name, below) = matched.subcommand().unwrap();
                    assert_eq!(name, *word, "{line}");
                    matched = below;
                }
            }
        }
    }
}
