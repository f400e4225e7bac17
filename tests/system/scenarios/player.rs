//! Plays one story step by step. A step that is not known ends it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use apoa_ffi::{
    ApoaClient, Counts, Credentials, FollowUp, FollowUpKind, KeyVault, Page, ReceiptCheck, ReportId,
    StoppedBy, SyncRequest, Trigger, next_guest,
};
use apoa_server::{Decision, office_decide};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, USER};
use apoa_tests::scenario::{config, dated, draft, texts};
use apoa_tests::serving::Serving;
use apoa_tests::starting::{start, undisturbed};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::camera::Frame;
use crate::failed::Failed;
use crate::lists;
use crate::vaults::vault;

pub(crate) fn play(file: &str, story: &Value) {
    let (folder, office) = (Folder::new(), tempfile::tempdir().unwrap());
    let serve = |faults: &[&str]| {
        Some(Serving::start(env!("CARGO_BIN_EXE_serve"), office.path().join("office.db"), faults))
    };
    let server = match &story["server"] {
        Value::Bool(false) => None,
        Value::Bool(true) => serve(&[]),
        faults => {
            let faults = faults.as_array().unwrap().iter().map(|fault| fault.as_str().unwrap());
            serve(&faults.collect::<Vec<_>>())
        }
    };
    let (phones, reports) = (HashMap::new(), HashMap::new());
    let lists = story["lists"].clone();
    let mut player = Player { folder, server, _office: office, phones, reports, lists };
    for (nth, step) in story["steps"].as_array().unwrap().iter().enumerate() {
        let failed = player.step(step).err();
        let failed = failed.as_ref().map(|Failed(name)| name.as_str());
        assert_eq!(failed, step["fails"].as_str(), "{file}, step {}: {step}", nth + 1);
    }
}

struct Player {
    folder: Folder,
    server: Option<Serving>,
    /// The office's own folder: what it holds is personal, and no phone's.
    _office: TempDir,
    phones: HashMap<String, Option<ApoaClient>>,
    reports: HashMap<String, ReportId>,
    /// Lists of people by name.
    lists: Value,
}

impl Player {
    fn step(&mut self, step: &Value) -> Result<(), Failed> {
        match text(step, "do") {
            "open" => self.open(step, None),
            "open_with_vault" => self.open(step, Some(vault(text(step, "vault")))),
            "close" => {
                // Dropped, as a wrapper drops it: the bridge has no other end.
                undisturbed(|| self.phones.insert(text(step, "phone").to_owned(), None));
                Ok(())
            }
            "suspend" => Ok(self.phone(step)?.suspend()?),
            "resume" => Ok(self.phone(step)?.resume()?),
            "sign_in" => self.sign_in(step),
            "check" => self.check(step),
            "finalise" => self.finalise(step),
            "next_guest" => self.next_guest(step),
            "preview_list" => lists::preview(self.phone(step)?, &self.list(step)?, step),
            "compare_list" => {
                let name = |name: &str| self.reports[name];
                lists::compare(self.phone(step)?, &self.list(step)?, step, name)
            }
            "file_list" => lists::file(self.phone(step)?, &self.list(step)?, step),
            "finalise_and_die" => {
                self.finalise_and_die(step);
                Ok(())
            }
            "edit" => self.edit(step),
            "follow_up" => self.follow_up(step),
            "withdraw" => {
                let reason = text(step, "reason").to_owned();
                self.phone(step)?.withdraw(self.report(step), reason)?;
                Ok(())
            }
            "sync" => self.sync(step),
            "see" => self.see(step),
            "counts" => self.counts(step),
            "find" => self.find(step),
            "verify" => self.verify(step),
            "rotate_keys" => {
                self.phone(step)?.rotate_keys()?;
                Ok(())
            }
            "office" => {
                self.decide(step);
                Ok(())
            }
            "server_stops" => {
                self.server.as_mut().unwrap().stop();
                Ok(())
            }
            "server_starts" => {
                self.server.as_mut().unwrap().start_again();
                Ok(())
            }
            "scan" => {
                scan(step);
                Ok(())
            }
            "callers" => self.callers(step),
            "scanners" => {
                (0..number(step, "count").unwrap()).for_each(|_| drop(apoa_ffi::Scanner::new().unwrap()));
                Ok(())
            }
            "frames" => {
                let frame = Frame::read(text(step, "frame"));
                let grown = frame.growth(number(step, "count").unwrap().cast_unsigned());
                assert!(grown <= number(step, "grows_kb").unwrap(), "grew by {grown} KiB");
                Ok(())
            }
            unknown => panic!("an unknown step: {unknown}"),
        }
    }

    fn phone(&self, step: &Value) -> Result<&ApoaClient, Failed> {
        self.phones[text(step, "phone")].as_ref().ok_or_else(|| Failed("closed".to_owned()))
    }

    fn data(&self, step: &Value) -> PathBuf {
        self.folder.path().join(format!("phone-{}", text(step, "phone")))
    }

    fn report(&self, step: &Value) -> ReportId {
        self.reports[text(step, "report")]
    }

    fn open(&mut self, step: &Value, vault: Option<Arc<dyn KeyVault>>) -> Result<(), Failed> {
        let data = self.data(step);
        std::fs::create_dir_all(&data).unwrap();
        let server = self.server.as_ref().unwrap();
        let config = config(&data, Some(server.url()), Some(&server.trust()));
        let opened = undisturbed(|| match vault {
            None => ApoaClient::open_with_file_vault(config, None),
            Some(vault) => ApoaClient::open(config, vault, None),
        });
        self.phones.insert(text(step, "phone").to_owned(), Some(opened?));
        Ok(())
    }

    fn sign_in(&self, step: &Value) -> Result<(), Failed> {
        let password = step["secret"].as_str().unwrap_or(PASSWORD).to_owned();
        let credentials = Credentials::Password { user: USER.to_owned(), password };
        self.phone(step)?.sign_in(credentials)?;
        Ok(())
    }

    fn check(&self, step: &Value) -> Result<(), Failed> {
        let phone = self.phone(step)?;
        let problems = phone.check(asked(phone, step))?;
        let found: HashMap<String, String> =
            problems.into_iter().filter(|problem| !problem.notice).map(|p| (p.field, p.code)).collect();
        assert_eq!(found, texts(&step["problems"]));
        Ok(())
    }

    fn finalise(&mut self, step: &Value) -> Result<(), Failed> {
        let phone = self.phone(step)?;
        let again = step["again"].as_str().map(str::to_owned);
        let kept = phone.finalise(asked(phone, step), None, again)?;
        self.reports.insert(text(step, "as").to_owned(), kept.report);
        Ok(())
    }

    fn next_guest(&mut self, step: &Value) -> Result<(), Failed> {
        let phone = self.phone(step)?;
        let before = phone.draft(self.reports[text(step, "after")])?.unwrap();
        let mut next = next_guest(before)?;
        next.facts.extend(dated(phone, &step["facts"]));
        let kept = phone.finalise(next, None, None)?;
        self.reports.insert(text(step, "as").to_owned(), kept.report);
        Ok(())
    }

    fn list(&self, step: &Value) -> Result<String, Failed> {
        Ok(lists::list(self.phone(step)?, &self.lists, step))
    }

    fn finalise_and_die(&self, step: &Value) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dying"));
        command.arg(self.data(step)).arg(text(step, "draft")).stderr(Stdio::piped());
        let output = start(&mut command).wait_with_output().unwrap();
        assert!(output.status.code().is_none() && output.stderr.is_empty(), "it ended otherwise: {output:?}");
    }

    fn edit(&self, step: &Value) -> Result<(), Failed> {
        let (phone, report) = (self.phone(step)?, self.report(step));
        let mut draft = phone.draft(report)?.unwrap();
        draft.facts.extend(dated(phone, &step["facts"]));
        phone.amend(report, draft, None)?;
        Ok(())
    }

    fn follow_up(&self, step: &Value) -> Result<(), Failed> {
        let kind = match text(step, "kind") {
            "check_out" => FollowUpKind::CheckOut,
            "extend" => FollowUpKind::Extend,
            "change" => FollowUpKind::Change,
            "end" => FollowUpKind::End,
            unknown => panic!("an unknown follow-up: {unknown}"),
        };
        let phone = self.phone(step)?;
        let facts = dated(phone, &step["facts"]);
        phone.follow_up(self.report(step), FollowUp { kind, facts })?;
        Ok(())
    }

    fn sync(&self, step: &Value) -> Result<(), Failed> {
        let (phone, run) = (self.phone(step)?, 7);
        let request = SyncRequest {
            run,
            budget_ms: number(step, "budget_ms").unwrap_or(20_000),
            trigger: Trigger::Person,
        };
        let summary = thread::scope(|scope| {
            if let Some(after) = number(step, "cancel_after_ms") {
                scope.spawn(move || {
                    // The story is about a run that is under way; one that has not begun is cancelled as well.
                    thread::sleep(Duration::from_millis(after.cast_unsigned()));
                    phone.cancel(run).unwrap();
                });
            }
            phone.sync(request)
        })?;
        for (key, value) in [("sent", summary.sent), ("received", summary.received), ("left", summary.left)] {
            assert!(number(step, key).is_none_or(|expected| expected == value), "{key}: {summary:?}");
        }
        let stopped = summary.stopped_by.map(StoppedBy::as_str);
        assert!(step["stopped_by"].is_null() || step["stopped_by"].as_str() == stopped, "{summary:?}");
        Ok(())
    }

    fn see(&self, step: &Value) -> Result<(), Failed> {
        let phone = self.phone(step)?;
        let seen = phone.report(self.report(step))?.unwrap();
        let work = match seen.row.work.as_str() {
            "none" => "idle",
            word => word,
        };
        for (key, word) in [("standing", seen.row.standing.as_str()), ("work", work)] {
            assert!(step[key].as_str().is_none_or(|expected| expected == word), "{key} is {word}: {step}");
        }
        assert!(step["closed"].as_bool().is_none_or(|expected| expected == seen.row.closed));
        let receipts = i64::try_from(seen.receipts.len()).unwrap();
        assert!(number(step, "receipts").is_none_or(|expected| expected == receipts), "{receipts} receipts");
        for (code, value) in dated(phone, &step["facts"]) {
            assert_eq!(seen.facts.get(&code), Some(&value), "{code}");
        }
        Ok(())
    }

    fn counts(&self, step: &Value) -> Result<(), Failed> {
        let counts = self.phone(step)?.counts()?;
        let Counts {
            draft,
            queued,
            wedged,
            needs_correction,
            received,
            accepted,
            rejected,
            cancelled,
            discarded,
        } = counts;
        let all = [
            ("draft", draft),
            ("queued", queued),
            ("wedged", wedged),
            ("needs_correction", needs_correction),
            ("received", received),
            ("accepted", accepted),
            ("rejected", rejected),
            ("cancelled", cancelled),
            ("discarded", discarded),
        ];
        for (key, value) in step.as_object().unwrap() {
            if !["do", "phone", "fails"].contains(&key.as_str()) {
                let (_, count) = all.iter().find(|(name, _)| name == key).expect("a count of this name");
                assert_eq!(Some(*count), value.as_i64(), "{key}");
            }
        }
        Ok(())
    }

    fn find(&mut self, step: &Value) -> Result<(), Failed> {
        let page = Page { work: None, standing: None, limit: 50, after: None };
        let rows = self.phone(step)?.reports(page)?;
        let mut of = rows.iter().filter(|row| row.passport_number.as_deref() == step["passport"].as_str());
        let (Some(row), None) = (of.next(), of.next()) else { panic!("not one report: {step}") };
        self.reports.insert(text(step, "as").to_owned(), row.report);
        Ok(())
    }

    fn verify(&self, step: &Value) -> Result<(), Failed> {
        let phone = self.phone(step)?;
        let newest = phone.report(self.report(step))?.unwrap().receipts[0].clone();
        let check = phone.verify_receipt(newest, step["passport"].as_str().map(str::to_owned));
        let belongs = match check? {
            ReceiptCheck::Proved { passport, .. } => Some(passport),
            ReceiptCheck::NotProved { .. } => None,
        };
        assert_eq!(step["valid"].as_bool(), Some(belongs.is_some()));
        assert_eq!(step["belongs"].as_bool(), belongs.flatten());
        Ok(())
    }

    fn decide(&self, step: &Value) {
        let decision = match text(step, "decide") {
            "accept" => Decision::Accept,
            "correct" => Decision::Correct { fields: vec![text(step, "field").to_owned()] },
            "reject" => Decision::Reject { reason: text(step, "reason").to_owned() },
            unknown => panic!("an unknown decision: {unknown}"),
        };
        let db = self.server.as_ref().unwrap().db();
        office_decide(db, &self.report(step).to_string(), &decision).unwrap().unwrap();
    }

    fn callers(&self, step: &Value) -> Result<(), Failed> {
        let phone = self.phone(step)?;
        thread::scope(|scope| {
            for nth in 0..number(step, "count").unwrap() {
                scope.spawn(move || {
                    let passport = format!("L{}", 100_000 + nth);
                    let over = json!({ "passport_number": passport });
                    let kept = phone.finalise(draft(phone, text(step, "draft"), &over), None, None).unwrap();
                    let seen = phone.report(kept.report).unwrap().unwrap();
                    assert_eq!(seen.facts["passport_number"], passport);
                    assert!(phone.counts().unwrap().queued > 0);
                });
            }
        });
        Ok(())
    }
}

fn scan(step: &Value) {
    for (buffer, reading) in Frame::read(text(step, "frame")).readings() {
        assert_eq!(reading.word, text(step, "word"), "{buffer}");
        for (code, value) in texts(&step["facts"]) {
            assert_eq!(reading.facts.get(&code), Some(&value), "{code}, {buffer}");
        }
    }
}

fn asked(phone: &ApoaClient, step: &Value) -> apoa_ffi::Draft {
    draft(phone, text(step, "draft"), &step["facts"])
}

pub(crate) fn text<'a>(step: &'a Value, key: &str) -> &'a str {
    step[key].as_str().unwrap_or_else(|| panic!("no {key}: {step}"))
}

pub(crate) fn number(step: &Value, key: &str) -> Option<i64> {
    step[key].as_i64()
}
