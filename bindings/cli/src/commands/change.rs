//! `apoa report extend, check-out, change, end, attach, edit, cancel, discard`: what is done to a report that is there. Each
//! answers only once it is on disk.

use apoa_core::codes::Code;
use std::path::PathBuf;

use apoa_core::Withdrawn;
use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, Finalised};

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Stop};
use crate::output::Output;
use crate::session;
use crate::sources::assignment;

use super::report::refused;
use super::report_lines::NewLine;

#[derive(Debug, clap::Args)]
pub(crate) struct ChangeArgs {
    /// The report.
    id: ReportId,
    /// One fact.
    #[arg(long = "field", value_name = "CODE=VALUE")]
    fields: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EditArgs {
    #[command(flatten)]
    change: ChangeArgs,
    /// Keep what was typed; nothing is checked or sent.
    #[arg(long)]
    draft: bool,
    /// Report the same guest and day once more, with the reason.
    #[arg(long, value_name = "REASON")]
    again: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AttachArgs {
    /// The report.
    id: ReportId,
    /// The photo.
    #[arg(value_name = "FILE.jpg")]
    file: PathBuf,
}

pub(crate) fn follow_up(op: OpKind, args: &ChangeArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let mut follow_up = FollowUp::new(op).map_err(|_| Failure::new(Code::Internal))?;
    for (field, value) in facts(args)? {
        follow_up.set(field, &value);
    }
    let filed = client.follow_up(args.id, &follow_up).map_err(|error| refused(error, &client, out))?;
    say(&filed, &client, out)
}

pub(crate) fn attach(args: &AttachArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let photo = std::fs::read(&args.file)?;
    let filed = client.attach(args.id, &photo).map_err(|error| refused(error, &client, out))?;
    say(&filed, &client, out)
}

/// An empty value takes a fact out; on a draft it is the last step before it is sent.
pub(crate) fn edit(args: &EditArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let id = args.change.id;
    let Some(mut draft) = client.draft(id)? else {
        out.note(&out.word("cli-no-report", &[]));
        return Ok(Exit::Nothing);
    };
    for (field, value) in facts(&args.change)? {
        draft.set(field, &value);
    }
    if args.draft {
        client.save_draft(Some(id), &draft, None).map_err(|error| refused(error, &client, out))?;
        out.line(&NewLine::draft(id));
        return Ok(Exit::Done);
    }
    for notice in client.check(&draft).iter().filter(|problem| problem.is_notice()) {
        out.note(&out.problem(notice).text);
    }
    let begun = client.report(id)?.is_some_and(|detail| detail.row.work == Work::Draft);
    let again = args.again.as_deref();
    let filed = if begun { client.finalise_draft(id, draft, again) } else { client.amend(id, draft, again) };
    let filed = filed.map_err(|error| refused(error, &client, out))?;
    say(&filed, &client, out)
}

pub(crate) fn cancel(args: &ChangeArgs, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    let mut reason = String::new();
    for (field, value) in facts(args)? {
        if field != Field::Reason {
            return Err(Stop::usage("cli-usage-cancel", &[]));
        }
        reason = value;
    }
    let withdrawn = client.withdraw(args.id, &reason).map_err(|error| refused(error, &client, out))?;
    match withdrawn {
        Withdrawn::Queued(filed) => say(&filed, &client, out),
        Withdrawn::Discarded => {
            out.line(&NewLine::without_op(args.id, Work::Discarded));
            Ok(Exit::Done)
        }
    }
}

pub(crate) fn discard(id: ReportId, global: &Global, out: &Output) -> Ended {
    let client = session::open_signed_in(global)?;
    client.discard(id).map_err(|error| refused(error, &client, out))?;
    out.line(&NewLine::without_op(id, Work::Discarded));
    Ok(Exit::Done)
}

fn say(filed: &Finalised, client: &ApoaClient, out: &Output) -> Ended {
    let standing = client.report(filed.report)?.map_or(Standing::None, |detail| detail.row.standing);
    out.line(&NewLine::of(filed, standing));
    Ok(Exit::Done)
}

fn facts(args: &ChangeArgs) -> Result<Vec<(Field, String)>, Stop> {
    args.fields.iter().map(|text| assignment(text)).collect()
}
