//! One simulation from its seed: phones that report, send, die and go back, a network that breaks, time that passes; and
//! at the end a good day, after which nothing may be lost.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::ids::{OpId, ReportId};
use apoa_core::report::draft::Draft;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::report::state::{Standing, Work};
use apoa_core::{ApoaClient, DraftError, StoppedBy, Trigger, Withdrawn};
use apoa_tests::phone::all;
use apoa_tests::random::Moments;

use super::faults::Fault;
use super::net::Net;
use super::phone::{Ended, Phone, Words};
use super::template::Template;
use super::time::Time;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
const YEAR: i64 = 365 * DAY;

/// Which contract all phones of a world speak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    Ours,
    Forms,
}

/// What a seed brought.
pub(crate) struct Told {
    pub(crate) trace: Vec<String>,
    pub(crate) faults: BTreeSet<Fault>,
    /// How many reports were finalised and not forgotten.
    pub(crate) reports: usize,
}

/// Everything of one simulation.
pub(crate) struct World {
    net: Arc<Net>,
    phones: Vec<Arc<Phone>>,
    folder: PathBuf,
    moments: Moments,
    /// What was finalised and never forgotten by its phone, with that phone.
    expected: Vec<(usize, ReportId)>,
    /// The older copy of a phone's folder, with how much was finalised then.
    copies: Vec<Option<(PathBuf, BTreeSet<ReportId>)>>,
    guests: u64,
    dismissed: bool,
}

impl World {
    /// A world with so many phones as the seed says, each with what the template's has.
    pub(crate) fn new(template: &Template, folder: &Path, speech: Speech, seed: u64) -> Self {
        let mut moments = Moments(seed);
        let net = Arc::new(Net::new(&template.server, Time::default(), moments.up_to(u64::MAX)));
        let count = [1, 1, 2, 2, 2, 3, 3, 4, 5][moments.up_to(9) as usize];
        let phones = (0..count)
            .map(|number| {
                let folder = folder.join(number.to_string());
                template.copy_phone(number, &folder);
                let vault = template.phones[number].vault.copied();
                let words = match speech {
                    Speech::Ours => Words::Ours { batch_most: [1, 2, 3, 50][moments.up_to(4) as usize] },
                    Speech::Forms => Words::Forms,
                };
                Phone::new(number, folder, vault, &net, words, moments.up_to(u64::MAX))
            })
            .collect();
        Self {
            net,
            phones,
            folder: folder.to_owned(),
            moments,
            expected: Vec::new(),
            copies: vec![None; count],
            guests: 3 + seed % 9,
            dismissed: false,
        }
    }

    /// Everything that happens, then the good day.
    pub(crate) fn live(mut self) -> Told {
        let steps = 8 + self.moments.up_to(16);
        for _ in 0..steps {
            self.step();
        }
        self.good_day();
        self.check_at_the_end();
        self.check_that_all_agree();
        let (trace, faults) = self.net.told();
        Told { trace, faults, reports: self.expected.len() }
    }

    /// The trace so far, for a seed that failed.
    pub(crate) fn net(&self) -> Arc<Net> {
        Arc::clone(&self.net)
    }

    fn one_of(&mut self, many: usize) -> usize {
        self.moments.up_to(many as u64) as usize
    }

    fn step(&mut self) {
        let phone = Arc::clone(&self.phones[self.moments.up_to(self.phones.len() as u64) as usize]);
        match self.moments.up_to(32) {
            0..=6 => {
                for _ in 0..=self.moments.up_to(4) {
                    self.file(&phone);
                }
            }
            7..=12 => self.follow(&phone),
            13..=23 => self.send(&phone),
            24 => self.jump(&phone),
            25 => self.go_back(&phone),
            26 => {
                self.dismissed = !self.dismissed;
                self.net.note(&format!("members are {}", if self.dismissed { "dismissed" } else { "back" }));
                self.net.server.set_member(!self.dismissed);
            }
            27 | 28 => {
                let ms = [MINUTE, 5 * MINUTE, 40 * MINUTE, 7 * 60 * MINUTE, DAY, 2 * DAY][self.one_of(6)];
                self.net.note(&format!("{} minutes pass", ms / MINUTE));
                self.net.time.pass(ms);
            }
            29 => {
                phone.client().suspend().expect("files closed");
                phone.client().resume().expect("files open");
                phone.client().lock();
                self.net.note(&format!("phone {} sleeps", phone.number));
            }
            30 => self.net.deliver_late(),
            _ => {
                phone.close();
                self.net.note(&format!("phone {} starts anew", phone.number));
            }
        }
        phone.look_at_rows();
    }

    fn file(&mut self, phone: &Phone) {
        let client = phone.client();
        let mut draft = Draft::new(ReportKind::LodgingCheckIn);
        let passport = format!("S{:08}", self.moments.up_to(self.guests));
        for (field, value) in [
            (Field::FullName, "ERIKSSON ANNA MARIA"),
            (Field::BirthDate, "1974-08-12"),
            (Field::Nationality, "UTO"),
            (Field::Sex, "F"),
            (Field::PassportNumber, &*passport),
            (Field::CheckIn, &client.today().to_string()),
            (Field::Nights, "3"),
            (Field::Purpose, "holiday"),
        ] {
            draft.set(field, value);
        }
        let filed = client.finalise(draft, None, None);
        self.net.note(&format!("phone {} files {passport}: {}", phone.number, word(&filed)));
        if let Ok(filed) = filed {
            self.expected.push((phone.number, filed.report));
        }
    }

    /// A follow-up, a correction or a withdrawal of some report that the phone shows.
    fn follow(&mut self, phone: &Phone) {
        let client = phone.client();
        let rows = client.reports(all()).expect("rows");
        if rows.is_empty() {
            return;
        }
        let report = rows[self.one_of(rows.len())].report;
        let day = |ahead: i64| {
            let ahead = jiff::Span::new().days(ahead);
            client.today().checked_add(ahead).expect("a day").to_string()
        };
        let follow_up = |op, field, value: &str| {
            let mut follow_up = FollowUp::new(op).expect("a follow-up");
            follow_up.set(field, value);
            client.follow_up(report, &follow_up).map(|filed| filed.op)
        };
        let (what, done) = match self.moments.up_to(8) {
            0..=2 => ("checks out", follow_up(OpKind::CheckOut, Field::CheckOut, &day(0))),
            3 | 4 => {
                let until = day(4 + self.moments.up_to(9) as i64);
                ("extends", follow_up(OpKind::Extend, Field::CheckOutPlanned, &until))
            }
            5 | 6 => ("corrects", {
                client.draft(report).map_err(DraftError::from).and_then(|form| {
                    let mut form = form.ok_or(DraftError::NoReport)?;
                    form.set(Field::Room, &self.moments.up_to(400).to_string());
                    client.amend(report, form, None).map(|filed| filed.op)
                })
            }),
            _ => {
                let withdrawn = client.withdraw(report, "typed twice");
                if matches!(withdrawn, Ok(Withdrawn::Discarded)) {
                    // Nobody ever saw it, and it may be erased at once.
                    self.expected.retain(|(_, id)| *id != report);
                }
                ("withdraws", withdrawn.map(|_| OpId::from_bytes([0; 16])))
            }
        };
        self.net.note(&format!("phone {} {what} {report}: {}", phone.number, word(&done)));
    }

    /// A run, perhaps killed, perhaps with a run of another phone in the middle of it.
    fn send(&mut self, phone: &Arc<Phone>) {
        let weather = [0, 0, 10, 25, 50, 80][self.one_of(6)];
        self.net.set_weather(weather);
        let seconds = [4, 10, 25, 60, 90, 540][self.one_of(6)];
        let trigger = if self.moments.up_to(2) == 0 { Trigger::Person } else { Trigger::Schedule };
        let kill = (self.moments.up_to(5) == 0).then(|| 1 + self.moments.up_to(60) as i64);
        let mut alone = true;
        if self.phones.len() > 1 && self.moments.up_to(4) == 0 {
            let others: Vec<_> = self.phones.iter().filter(|other| other.number != phone.number).collect();
            let other = Arc::clone(others[self.moments.up_to(others.len() as u64) as usize]);
            let at = self.moments.up_to(5) as u32;
            self.net.intrude(Some((at, Box::new(move || drop(other.sync(Trigger::Person, 25, None, true))))));
            alone = false;
        }
        let ended = phone.sync(trigger, seconds, kill, alone);
        self.net.intrude(None);
        if ended.stopped_by() == Some(StoppedBy::Auth) && self.moments.up_to(2) == 0 {
            let _ = phone.sign_in();
        }
        self.net.set_weather(0);
    }

    fn jump(&mut self, phone: &Phone) {
        let far = [2 * MINUTE, 90 * MINUTE, DAY, 40 * DAY, YEAR, 10 * YEAR][self.one_of(6)];
        let ahead = match self.moments.up_to(3) {
            0 => 0,
            1 => far,
            _ => -far,
        };
        phone.set_ahead(ahead);
        self.net.note(&format!("phone {} shows {ahead:+} ms", phone.number));
    }

    /// Keeps a copy of a phone, or goes back to it: whatever was finalised since is forgotten there.
    fn go_back(&mut self, phone: &Phone) {
        let known: BTreeSet<ReportId> =
            self.expected.iter().filter(|(number, _)| *number == phone.number).map(|(_, id)| *id).collect();
        match self.copies[phone.number].take() {
            None => {
                let at = self.folder.join(format!("copy-{}", phone.number));
                let _ = fs::remove_dir_all(&at);
                phone.keep_copy(&at);
                self.copies[phone.number] = Some((at, known));
                self.net.note(&format!("phone {} is copied", phone.number));
            }
            Some((at, then)) => {
                phone.go_back_to(&at);
                self.expected.retain(|(number, id)| *number != phone.number || then.contains(id));
                self.net.note(&format!("phone {} goes back to its copy", phone.number));
            }
        }
    }

    /// The network is good, clocks are right, members are members, everybody looks at what is held.
    fn good_day(&mut self) {
        self.net.note("a good day");
        self.net.set_weather(0);
        self.net.server.set_member(true);
        self.net.deliver_late();
        for phone in &self.phones {
            phone.set_ahead(0);
        }
        for round in 0..8 {
            self.net.time.pass(if round == 0 { 2 * DAY } else { 30 * MINUTE });
            for phone in &self.phones {
                let ended = phone.sync(Trigger::Person, 90, None, true);
                // Who was dismissed while signing in has to do it once more.
                if ended.stopped_by() == Some(StoppedBy::Auth) || matches!(ended, Ended::Refused(_)) {
                    phone.sign_in().expect("a sign-in on a good day");
                    phone.sync(Trigger::Person, 90, None, true);
                }
                release(phone);
            }
            if round > 0 && self.phones.iter().all(|phone| waiting(phone) == 0) {
                break;
            }
        }
        for phone in &self.phones {
            let ended = phone.sync(Trigger::Person, 90, None, true);
            assert!(matches!(&ended, Ended::Well(run) if run.stopped_by.is_none()), "{}", ended.word());
        }
    }

    /// Every phone shows what is open at the server, at the revision it has there.
    fn check_that_all_agree(&self) {
        let open = self.net.server.reports().expect("reports");
        for phone in &self.phones {
            let revisions = phone.proved_revisions();
            for there in open.iter().filter(|report| !report.closed) {
                let proved = revisions.get(&there.report_id);
                assert!(
                    proved.is_some(),
                    "phone {} does not know {}, which is open",
                    phone.number,
                    there.report_id
                );
                assert_eq!(proved, Some(&there.revision), "phone {} at {}", phone.number, there.report_id);
            }
        }
    }

    /// Nothing is lost, and nothing is stuck: every report is proved, or was dropped by a person.
    fn check_at_the_end(&self) {
        let held_by_server = self.net.server.reports().expect("reports");
        let effects = self.net.watch(|watch| watch.had_effect.clone());
        for phone in &self.phones {
            assert_eq!(waiting(phone), 0, "phone {} still waits on a good day", phone.number);
            for op in phone.receipts() {
                assert_eq!(effects.get(&op), Some(&1), "I4: a receipt of {op}, which had no effect");
            }
            let client = phone.client();
            let known = phone.known();
            for (_, id) in self.expected.iter().filter(|(number, _)| *number == phone.number) {
                assert!(known.contains(id), "{id} is lost on phone {}", phone.number);
                let Some(found) = client.report(*id).expect("a report") else {
                    // Erased in its time, which only what is closed can be.
                    assert!(held_by_server.iter().any(|report| report.report_id == id.to_string()));
                    continue;
                };
                let (standing, work) = (found.row.standing, found.row.work);
                let there = held_by_server.iter().find(|report| report.report_id == id.to_string());
                match work {
                    Work::None => {
                        assert!(standing != Standing::None, "{id} is neither proved nor waiting");
                        let there = there.expect("what is proved is at the server");
                        assert_eq!(there.revision, found.row.revision.0, "{id} is of another revision there");
                    }
                    Work::Discarded => {}
                    Work::Draft | Work::Queued | Work::Wedged | Work::NeedsCorrection => {
                        panic!("{id} is {work:?} after a good day")
                    }
                }
            }
        }
    }
}

/// Reports that go on by themselves.
fn waiting(phone: &Phone) -> usize {
    let queue = phone.client().queue().expect("a queue");
    queue.iter().filter(|row| row.work == Work::Queued).count()
}

/// What a person does about what is held: puts it on top of what the server has, sends it again, or corrects the days
/// that a wrong clock made wrong.
fn release(phone: &Phone) {
    let client = phone.client();
    for row in client.queue().expect("a queue") {
        let conflict = row.problem == Some(Code::Conflict.to_string());
        let done = match row.work {
            Work::Wedged if conflict => format!("{:?}", client.supersede(row.report)),
            Work::Wedged => format!("{:?}", client.retry(row.report)),
            Work::NeedsCorrection if row.standing == Standing::Cancelled => {
                format!("{:?}", client.supersede(row.report))
            }
            Work::NeedsCorrection => word(&correct(&client, row.report)),
            Work::None | Work::Draft | Work::Queued | Work::Discarded => continue,
        };
        phone.net.note(&format!("phone {} helps {}, {:?}: {done}", phone.number, row.report, row.work));
    }
}

fn correct(client: &ApoaClient, report: ReportId) -> Result<(), DraftError> {
    let mut form = client.draft(report)?.ok_or(DraftError::NoReport)?;
    let until = client.today().checked_add(jiff::Span::new().days(3)).expect("a day");
    form.set(Field::CheckIn, &client.today().to_string());
    if form.facts().contains_key(&Field::CheckOut) {
        form.set(Field::CheckOut, &client.today().to_string());
    }
    form.set(Field::CheckOutPlanned, &until.to_string());
    client.amend(report, form, Some("the clock was wrong")).map(drop)
}

fn word<T>(done: &Result<T, DraftError>) -> String {
    match done {
        Ok(_) => "done".to_owned(),
        Err(error) => format!("{error:?}"),
    }
}
