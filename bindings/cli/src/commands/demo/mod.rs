//! `apoa demo`: the whole main job in one command, with specimen documents, real processes, a real outage and a real
//! kill. It asserts what it shows: a step that does not come out as promised ends it with exit 1.
//!
//! | file | |
//! | --- | --- |
//! | `stage`, `words` | one step after the other: announced, timed, told |
//! | `papers`, `camera`, `passport`, `facts` | documents, frames, scanning, reading, comparing |
//! | `processes`, `journey`, `proof` | server, outage, kill, repeat, receipt |
//! | `page`, `pictures`, `tables`, `timeline` | the same as one self-contained page |

mod camera;
mod facts;
mod journey;
mod page;
mod papers;
mod passport;
mod pictures;
mod processes;
mod proof;
mod stage;
mod tables;
mod timeline;
mod words;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use apoa_core::passport::{Comparison, Date};
use apoa_core::{Finalised, Finding};
use apoa_server::OfficeReport;
use serde::Serialize;

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Stop;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output};
use crate::session;
use camera::Seen;
use journey::{Office, Phone};
use papers::{Frames, Papers, Permit};
use passport::Passport;
use proof::Proof;
use stage::{Mark, Stage, Trouble, duration};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A picture of a permit to read instead of the specimen.
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
    /// Where everything is written and kept; by default a new folder under the system's temporary one.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Everything the page tells.
struct Story {
    papers: Papers,
    frames: Frames,
    seen: Seen,
    passport: Passport,
    comparison: Comparison,
    filed: Finalised,
    office: Office,
    kill: Kill,
    held: OfficeReport,
    proof: Proof,
    findings: Vec<Finding>,
    marks: Vec<Mark>,
    today: Date,
}

/// The process that was killed.
struct Kill {
    pid: u32,
    /// From its start to the server's word.
    committed_ms: f64,
    /// From the server's word to its end.
    gap_ms: f64,
}

#[derive(Debug, Serialize)]
struct LastLine {
    demo: bool,
    ok: bool,
    ms: f64,
    frames: String,
    data: String,
    page: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    if let Some(image) = &args.image {
        // A picture that holds no permit is told and passed over; a file that is not there is a slip of the pen.
        let missing = |error: std::io::Error| Stop::unread(&image.display(), &error);
        std::fs::File::open(image).map_err(missing)?;
    }
    let folder = folder(args.out.as_deref())?;
    let mut stage = Stage::new(out);
    let page = folder.join("index.html");
    let told = play(&mut stage, args, global, out, &folder)
        .and_then(|story| page::write(&folder, &page, &story, out.mask));
    out.line(&LastLine {
        demo: true,
        ok: told.is_ok(),
        ms: stage.ms(),
        frames: folder.join("frames").display().to_string(),
        data: folder.join("data").display().to_string(),
        page: told.is_ok().then(|| page.display().to_string()),
    });
    match told {
        Ok(()) => Ok(Exit::Done),
        Err(trouble) => {
            complain(&trouble, out);
            Ok(Exit::Unexpected)
        }
    }
}

/// All steps in their order.
fn play(
    stage: &mut Stage<'_>,
    args: &Args,
    global: &Global,
    out: &Output,
    folder: &Path,
) -> Result<Story, Trouble> {
    let today = session::today();
    let papers =
        stage.step("cards", || papers::cards(&folder.join("cards"), args.image.as_deref(), today))?;
    let frames = stage.step("frames", || papers::frames(&folder.join("frames"), &papers))?;
    let seen = stage.step("scan", || camera::scan(&frames, out))?;
    stage.step("read", || facts::read(&seen.reading, out))?;
    let pages = folder.join("frames").join("passport");
    let passport = stage.step("mrz", || passport::read(&pages, &papers, today, out))?;
    let zone = &passport.found.zone;
    let comparison =
        stage.step("compare", || facts::compare_both(&papers, &seen.reading, zone, today, out))?;

    let phone = Phone::new(global, &folder.join("data"));
    let db = folder.join("server").join("office.db");
    let (server, office) = stage.step("serve", || journey::serve(&db))?;
    let client = stage.step("login", || journey::login(&phone, &server))?;
    stage.step("server_down", || journey::server_down(server))?;
    let permit = matches!(papers.permit, Permit::Specimen(_)).then_some(&seen.reading);
    let filed = stage.step("report", || journey::report(&client, permit, zone, &comparison, out))?;
    stage.step("sync_offline", || journey::sync_offline(&client))?;
    let server = stage.step("server_up", || journey::server_up(&office))?;
    // The folder belongs to one process at a time: now to the child.
    drop(client);
    let killed = stage.step("sync_killed", || journey::sync_killed(&phone, &server, &office, &filed))?;
    let kill = Kill { pid: killed.pid, committed_ms: killed.committed_ms, gap_ms: killed.gap_ms };
    let client = stage.step("restart", || journey::restart(&phone, killed))?;
    let held = stage.step("sync", || journey::sync(&client, &office, &filed))?;
    let number = zone.document_number.reveal();
    let proof = stage.step("receipt", || proof::receipt(&client, &filed, number, folder, out))?;
    let findings = stage.step("doctor", || proof::doctor(&client, out))?;
    let marks = stage.marks.clone();
    Ok(Story {
        papers,
        frames,
        seen,
        passport,
        comparison,
        filed,
        office,
        kill,
        held,
        proof,
        findings,
        marks,
        today,
    })
}

/// The folder of this demo. A server's database from an earlier one would tell its password to nobody.
fn folder(given: Option<&Path>) -> Result<PathBuf, Stop> {
    let unwritable = |error: std::io::Error| Stop::unwritten(&"demo", &error);
    let folder = match given {
        Some(folder) => std::path::absolute(folder).map_err(unwritable)?,
        None => tempfile::Builder::new().prefix("apoa-demo-").tempdir().map_err(unwritable)?.keep(),
    };
    let server = folder.join("server");
    if server.join("office.db").exists() {
        return Err(Stop::usage("cli-usage-demo", &[("a", &folder.display().to_string())]));
    }
    std::fs::create_dir_all(server).map_err(unwritable)?;
    Ok(folder)
}

/// The code last on stderr, whatever the form of the lines.
fn complain(trouble: &Trouble, out: &Output) {
    let (text, remedy) = out.explain(trouble.code, &[]);
    let (code, cause) = (trouble.code, &trouble.cause);
    // Nobody is left to be told if stderr is gone.
    let _ = writeln!(anstream::stderr(), "{DIM}{cause}{DIM:#}\n{text} {remedy} {BAD}{code}{BAD:#}");
}

impl Line for LastLine {
    fn text(&self, _: &Output) -> String {
        let took = duration(self.ms);
        let Some(page) = &self.page else {
            return format!("\n{BAD}✗ {BOLD}Not as promised{BOLD:#}{BAD:#}  {took}");
        };
        format!(
            "\n{GOOD}✓ {BOLD}One report, one effect, one receipt{BOLD:#}{GOOD:#}  {took}\n\n  {BOLD}The whole story as \
             a page{BOLD:#}  {page}\n  {DIM}frames{DIM:#}  {}\n  {DIM}data{DIM:#}    {}",
            self.frames, self.data
        )
    }
}
