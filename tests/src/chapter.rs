//! What a phone does in a day, in chapters that each begin with a folder and a server of their own: together they pass
//! every failpoint of the core. `prepare` runs in the test, `perform` in a process that may die at any place.

use core::ops::ControlFlow;
use std::cell::RefCell;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apoa_core::fields::Field;
use apoa_core::ids::ReportId;
use apoa_core::permit::{self, KeyKind, NumberKind, Patterns, RecordKey};
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::profile::ProfileField;
use apoa_core::report::state::Work;
use apoa_core::{
    ApoaClient, DraftError, Hold, LookUpRequest, Missing, Ports, ReportRow, StoreError, SyncError,
    TryOutRequest,
};
use apoa_server::Running;

use crate::clock::JumpingClock;
use crate::files::units;
use crate::lists::{request, workers};
use crate::phone::{PASSWORD, USER, all, config, credentials, guest, ports, send_now, signed_in, sync_now};

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// An empty folder, a sign-in, a first report.
    Fresh,
    /// Drafts, corrections, holds and settings.
    Desk,
    /// Reports that wait are sent, after the sign-in was renewed.
    Send,
    /// The server asks for silence.
    Busy,
    /// Ops that another phone overtook.
    Held,
    /// What other phones did.
    Elsewhere,
    /// A photo goes with a report, twice: the server lost it at first.
    Photo,
    /// New keys.
    Rotate,
    /// Years pass.
    Years,
    /// A clerk leaves with a report waiting, and comes again.
    Shift,
    /// The vault lost its keys.
    KeysLost,
    /// The unit's file is damaged.
    Damaged,
    /// The device's file is damaged.
    DeviceDamaged,
}

impl Chapter {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Fresh,
        Self::Desk,
        Self::Send,
        Self::Busy,
        Self::Held,
        Self::Elsewhere,
        Self::Photo,
        Self::Rotate,
        Self::Years,
        Self::Shift,
        Self::KeysLost,
        Self::Damaged,
        Self::DeviceDamaged,
    ];

    /// What the server does wrong, once.
    pub fn faults(self) -> &'static [&'static str] {
        match self {
            Self::Send => &["unauthorised@/changes"],
            Self::Busy => &["busy=1@/ops"],
            _ => &[],
        }
    }

    /// Whether it begins with a damaged file.
    pub fn is_damaged(self) -> bool {
        matches!(self, Self::Damaged | Self::DeviceDamaged)
    }

    /// Brings a signed-in phone to where the chapter begins. Returns what it saved.
    pub fn prepare(self, data: &Path, server: &Running, elsewhere: &Path) -> Vec<ReportId> {
        match self {
            Self::Fresh => fs::remove_dir_all(data).expect("an empty folder"),
            Self::Send | Self::Rotate | Self::Damaged | Self::DeviceDamaged | Self::Years => {
                let client = signed_in(data, server);
                let saved = [1, 2].map(|number| file(&client, number).expect("saved"));
                client.suspend().expect("closed");
                drop(client);
                match self {
                    Self::Damaged => garble(&units(data).remove(0)),
                    Self::DeviceDamaged => garble(&data.join("device.db")),
                    _ => {}
                }
                // The one that is withdrawn and erased in the course of the years is nobody's loss.
                return if self == Self::Years { saved[1..].to_vec() } else { saved.to_vec() };
            }
            Self::Held => {
                let (desk, other) = (signed_in(data, server), signed_in(elsewhere, server));
                return [1, 2].map(|number| overtaken(&desk, &other, number)).to_vec();
            }
            Self::Elsewhere => {
                let (desk, other) = (signed_in(data, server), signed_in(elsewhere, server));
                let theirs = file(&other, 1).expect("saved");
                let _ = send_now(&other, 20);
                let _ = send_now(&desk, 20);
                extend(&other, theirs);
                file(&other, 2).expect("saved");
                let _ = send_now(&other, 20);
            }
            Self::KeysLost => {
                for key in fs::read_dir(data.join("keys")).expect("keys") {
                    fs::remove_file(key.expect("a key").path()).expect("lost");
                }
            }
            Self::Desk | Self::Shift | Self::Busy | Self::Photo => {}
        }
        Vec::new()
    }

    /// The chapter, in a process of its own.
    pub fn perform(self, phone: &Phone) {
        let client = &phone.client;
        match self {
            Self::Fresh | Self::KeysLost | Self::DeviceDamaged => {
                // Somebody shows a receipt before anybody signs in.
                attempt("look at a receipt", || client.verify_receipt("no.re.ceipt").map(drop));
                attempt("sign in", || client.sign_in(&credentials(PASSWORD)));
                phone.file(LAST_GUEST);
            }
            Self::Desk => phone.desk(),
            Self::Send | Self::Busy | Self::Damaged => {
                phone.file(LAST_GUEST);
                phone.send();
            }
            Self::Held => {
                let held: Vec<_> = attempt("queue", || client.queue());
                let held: Vec<_> = held.iter().filter(|row| row.work == Work::Wedged).collect();
                attempt("supersede", || client.supersede(held[0].report));
                attempt("retry", || client.retry(held[1].report));
                phone.send();
            }
            Self::Elsewhere => {
                phone.send();
                let key = RecordKey { kind: KeyKind::Number(NumberKind::Permit), key: "2C21XX0000K".into() };
                let request = LookUpRequest { run: 2, budget: Duration::from_secs(20) };
                let _ = attempt("look up", || client.look_up(&key, request));
            }
            Self::Photo => {
                let report = phone.file(LAST_GUEST);
                attempt("attach", || client.attach(report, PHOTO));
                phone.send();
            }
            Self::Rotate => {
                // Whatever fails in between: what is there opens, and a guest who is there is noticed.
                let _ = client.rotate_keys().or_else(|_| client.rotate_keys());
                phone.check();
                phone.file(1);
                phone.file(LAST_GUEST);
                attempt("rotate", || client.rotate_keys());
            }
            Self::Years => phone.years(),
            Self::Shift => phone.shift(),
        }
    }
}

/// A JPEG as far as anybody here looks.
const PHOTO: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 16];

/// The first bytes of a database say what it is.
fn garble(file: &Path) {
    let mut bytes = fs::read(file).expect("a file");
    bytes[..16].fill(0x5a);
    fs::write(file, bytes).expect("written");
}

/// Who comes last in most chapters.
pub const LAST_GUEST: u32 = 8;

/// The passport of the guest with this number.
pub fn passport(number: u32) -> String {
    format!("P{number:08}")
}

/// The guest with this number, saved; or whoever is there under it, where an earlier call was cut short.
pub fn file(client: &ApoaClient, number: u32) -> Result<ReportId, DraftError> {
    match client.finalise(guest(client, &passport(number)), None, None) {
        Ok(saved) => Ok(saved.report),
        Err(DraftError::Duplicate { existing }) => Ok(existing),
        Err(error) => Err(error),
    }
}

fn extend(client: &ApoaClient, report: ReportId) {
    let mut extend = FollowUp::new(OpKind::Extend).expect("a follow-up");
    let later = client.today().checked_add(jiff::Span::new().days(9)).expect("a day");
    extend.set(Field::CheckOutPlanned, &later.to_string());
    client.follow_up(report, &extend).expect("extended");
}

/// A report whose amendment waits at this phone, while another one moved it on.
fn overtaken(desk: &ApoaClient, other: &ApoaClient, number: u32) -> ReportId {
    let report = file(desk, number).expect("saved");
    let _ = send_now(desk, 20);
    let _ = send_now(other, 20);
    let mut draft = desk.draft(report).expect("a draft").expect("a draft");
    draft.set(Field::Room, "7");
    desk.amend(report, draft, None).expect("amended");
    extend(other, report);
    let _ = send_now(other, 20);
    let _ = send_now(desk, 20);
    report
}

/// A phone that says on its standard output what it was told is safe.
pub struct Phone {
    client: ApoaClient,
    clock: JumpingClock,
    say: fn(&str),
    saved: RefCell<Vec<ReportId>>,
}

/// A step that failed is tried again, as a person does; one that then still fails is a failure that stays.
const ATTEMPTS: u32 = 3;

fn attempt<T, E: Debug>(what: &str, step: impl Fn() -> Result<T, E>) -> T {
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match step() {
            Ok(done) => return done,
            Err(error) => last = Some(error),
        }
    }
    panic!("{what}: {last:?}")
}

impl Phone {
    /// Opens the folder.
    pub fn open(data: &Path, url: &str, trust: &Path, say: fn(&str)) -> Self {
        let clock = JumpingClock::default();
        let open = || ApoaClient::open(config(data, Some(url), Some(trust)), jumping(data, &clock));
        Self { client: attempt("open", open), clock, say, saved: RefCell::default() }
    }

    fn file(&self, number: u32) -> ReportId {
        let report = attempt("finalise", || file(&self.client, number));
        self.saved(report);
        report
    }

    fn saved(&self, report: ReportId) {
        (self.say)(&format!("saved {report}"));
        self.saved.borrow_mut().push(report);
    }

    fn send(&self) {
        // Short where the server asks for silence: nobody waits for its end here.
        attempt("sync", || sync_now(&self.client, 8).map(drop));
    }

    fn desk(&self) {
        let client = &self.client;
        let typed = guest(client, &passport(3));
        let draft = attempt("draft", || client.save_draft(None, &typed, None));
        attempt("draft", || client.save_draft(Some(draft), &typed, None));
        let finished = |draft| match client.finalise_draft(draft, typed.clone(), None) {
            Err(DraftError::Duplicate { existing }) => Ok(existing),
            done => done.map(|done| done.report),
        };
        self.saved(attempt("finish", || finished(draft)));
        let report = self.file(4);
        let mut corrected = attempt("data", || client.draft(report)).expect("data");
        corrected.set(Field::Room, "12");
        attempt("amend", || client.amend(report, corrected.clone(), None));
        (self.say)(&format!("room {report}"));
        let draft = attempt("draft", || client.save_draft(None, &guest(client, &passport(5)), None));
        attempt("discard", || match client.discard(draft) {
            Err(DraftError::NotPossible { .. }) => Ok(()),
            done => done,
        });
        attempt("hold", || client.set_hold(report, Hold::Set));
        attempt("hold", || client.set_hold(report, Hold::Cleared));
        let mut profile = attempt("profile", || client.profile());
        profile.set(ProfileField::Name, "Losmen Contoh").expect("a name");
        attempt("profile", || client.set_profile(&profile));
        let unknown = permit::read(b"9Z-99/ZZ", &Patterns::default());
        attempt("form", || client.remember_unknown(&unknown));
        let unit = attempt("account", || client.account()).expect("an account").active_unit;
        attempt("unit", || client.use_unit(unit));
        self.list();
        self.ask_about_the_unit();
        attempt("suspend", || client.suspend());
        attempt("resume", || client.resume());
    }

    /// A list of workers; what an earlier call filed of it counts as filed.
    fn list(&self) {
        let client = &self.client;
        let text = workers(0, 2, &client.today().to_string());
        let read = || client.read_roster(text.as_bytes(), &request());
        let filed = attempt("list", || {
            let list = read()?;
            client.file_roster(&list, &|_| false, &mut |_| ControlFlow::Continue(()))?;
            read()
        });
        for row in &filed.rows {
            self.saved(row.existing.expect("filed"));
        }
    }

    /// What the server knows of queue, profile and members. Whatever comes of it, nothing here depends on it.
    fn ask_about_the_unit(&self) {
        let (client, budget) = (&self.client, Duration::from_secs(20));
        let _ = client.try_out(TryOutRequest { run: 3, budget });
        let _ = client.sync_profile(budget);
        let _ = client.mail_code(USER);
    }

    fn shift(&self) {
        let client = &self.client;
        self.file(LAST_GUEST);
        let clerk = attempt("account", || client.account()).expect("an account").account;
        attempt("sign out", || match client.sign_out() {
            Ok(_) | Err(SyncError::NotSetUp { missing: Missing::SignIn }) => Ok(()),
            Err(error) => Err(error),
        });
        attempt("member", || client.use_account(clerk));
        attempt("sign in", || client.sign_in(&credentials(PASSWORD)));
    }

    fn years(&self) {
        let client = &self.client;
        let oldest = self.rows().pop().expect("a report").report;
        attempt("discard", || match client.discard(oldest) {
            Err(DraftError::NotPossible { .. }) => Ok(()),
            done => done,
        });
        self.clock.jump_days(2);
        attempt("upkeep", || client.upkeep());
        attempt("rotate", || client.rotate_keys());
        self.clock.jump_days(800);
        attempt("upkeep", || client.upkeep());
    }

    fn rows(&self) -> Vec<ReportRow> {
        attempt("rows", || self.client.reports(all()))
    }

    /// The same process still opens what is there, whatever failed in between.
    pub fn check(&self) {
        assert!(self.rows().iter().all(|row| row.readable), "a row does not open");
        for report in self.saved.borrow().iter() {
            let detail = attempt("report", || self.client.report(*report)).expect("it is there");
            assert!(!detail.facts.is_empty(), "{report} does not open");
        }
    }
}

fn jumping(data: &Path, clock: &JumpingClock) -> Ports {
    Ports { clock: Arc::new(clock.clone()), ..ports(data) }
}

/// Opens the folder as any later process would; where the server asked for silence, once that is over.
pub fn open_after(chapter: Chapter, data: &Path, server: &Running) -> Result<ApoaClient, StoreError> {
    let clock = JumpingClock::default();
    if chapter == Chapter::Busy {
        clock.jump_minutes(5);
    }
    ApoaClient::open(config(data, Some(server.url()), Some(server.trust_file())), jumping(data, &clock))
}
