//! A phone of the simulation: the real client on a real folder, which may die, be set back to an older copy, or show the
//! wrong time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use apoa_core::ids::ReportId;
use apoa_core::seam::{ApoaV1, Seams};
use apoa_core::{ApoaClient, Config, Ports, StoppedBy, SyncError, SyncRequest, SyncSummary, Trigger, Trust};
use apoa_tests::files::{copy, look, units};
use apoa_tests::invariants::check_rows;
use apoa_tests::phone::{PASSWORD, credentials};
use apoa_tests::random::Moments;
use apoa_tests::vault::MemoryVault;
use rusqlite::Connection;

use super::form::{Forms, Gateway};
use super::net::{Net, Wire};
use super::time::{Dice, Killed, PhoneClock};

/// What stays of a phone when its process ends.
pub(crate) struct Phone {
    pub(crate) number: usize,
    pub(crate) folder: PathBuf,
    pub(crate) vault: MemoryVault,
    pub(crate) clock: PhoneClock,
    pub(crate) net: Arc<Net>,
    random: Arc<Dice>,
    words: Words,
    client: Mutex<Option<Arc<ApoaClient>>>,
    eye: Mutex<Option<Connection>>,
    /// Versions of the server per report, as they were last seen here.
    versions: Mutex<BTreeMap<Vec<u8>, i64>>,
}

/// Which contract a phone speaks.
#[derive(Clone, Copy)]
pub(crate) enum Words {
    Ours { batch_most: usize },
    Forms,
}

/// How a run ended.
pub(crate) enum Ended {
    Well(SyncSummary),
    Refused(SyncError),
    Killed,
}

impl Phone {
    pub(crate) fn new(
        number: usize,
        folder: PathBuf,
        vault: MemoryVault,
        net: &Arc<Net>,
        words: Words,
        seed: u64,
    ) -> Arc<Self> {
        Arc::new(Self {
            number,
            folder,
            vault,
            clock: PhoneClock { time: net.time.clone(), ..PhoneClock::default() },
            net: Arc::clone(net),
            random: Arc::new(Dice(Mutex::new(Moments(seed)))),
            words,
            client: Mutex::default(),
            eye: Mutex::default(),
            versions: Mutex::default(),
        })
    }

    /// The client, opened if it is not.
    pub(crate) fn client(&self) -> Arc<ApoaClient> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(client.get_or_insert_with(|| Arc::new(self.open())))
    }

    fn open(&self) -> ApoaClient {
        let config = Config {
            data_dir: self.folder.clone(),
            server: Some("https://localhost".parse().expect("an address")),
            trust: Some(Trust::from_pem(&self.net.server.trust().expect("a text")).expect("a trust file")),
            client_id: "apoa-tests".to_owned(),
            platform: "test".to_owned(),
        };
        let ports = Ports {
            vault: Arc::new(self.vault.clone()),
            clock: Arc::new(self.clock.clone()),
            random: Arc::<Dice>::clone(&self.random),
            observer: None,
        };
        let wire = Wire { net: Arc::clone(&self.net), phone: self.number, clock: self.clock.clone() };
        let seams = match self.words {
            Words::Ours { batch_most } => Seams {
                transport: Some(Arc::new(wire)),
                contract: Arc::new(ApoaV1::with_batches(batch_most)),
            },
            Words::Forms => {
                Seams { transport: Some(Arc::new(Gateway(wire))), contract: Arc::new(Forms::default()) }
            }
        };
        ApoaClient::open_with(config, ports, seams).expect("an open client")
    }

    /// Ends the process; the next call begins a new one.
    pub(crate) fn close(&self) {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Sets the clock wrong by so much, or right again.
    pub(crate) fn set_ahead(&self, ms: i64) {
        self.clock.ahead_ms.store(ms, SeqCst);
        self.net.watch(|watch| watch.forget_silence(self.number));
    }

    /// One run, which may be killed after so many looks at the clock. What a run may never do is looked at.
    pub(crate) fn sync(&self, trigger: Trigger, seconds: u64, kill_after: Option<i64>, alone: bool) -> Ended {
        let client = self.client();
        self.net.watch(|watch| watch.begin(self.number));
        let (marked, begun) = (self.marked(), self.net.time.passed());
        let request = SyncRequest { run: 1, budget: Duration::from_secs(seconds), trigger };
        self.clock.fuse.set(kill_after.unwrap_or(0));
        let ended = catch_unwind(AssertUnwindSafe(|| client.sync(request)));
        self.clock.fuse.set(0);
        let answered = self.net.watch(|watch| watch.end(self.number));
        let ended = match ended {
            Ok(Ok(summary)) => Ended::Well(summary),
            Ok(Err(error)) => Ended::Refused(error),
            Err(dead) if dead.is::<Killed>() => Ended::Killed,
            Err(panic) => resume_unwind(panic),
        };
        drop(client);
        if matches!(ended, Ended::Killed) {
            // What it heard last may not be on disk.
            self.net.watch(|watch| watch.forget_silence(self.number));
            self.close();
        } else if alone {
            let took = self.net.time.passed() - begun;
            assert!(took <= seconds as i64 * 1000 + 500, "I19: a run of {seconds} s took {took} ms");
        }
        if !answered {
            assert_eq!(self.marked(), marked, "I7b: marked without a verified answer");
        }
        self.net.note(&format!("phone {} run {}", self.number, ended.word()));
        self.look_at_rows();
        ended
    }

    /// Signs in again where a run says that it has to.
    pub(crate) fn sign_in(&self) -> Result<(), SyncError> {
        let done = self.client().sign_in(&credentials(PASSWORD)).map(drop);
        self.net.note(&format!("phone {} signs in: {:?}", self.number, done.as_ref().err()));
        done
    }

    /// Keeps a copy of everything as it is now, or goes back to it.
    pub(crate) fn keep_copy(&self, at: &Path) {
        copy(&self.folder, at);
    }

    /// Goes back to a copy: what came after it is forgotten here.
    pub(crate) fn go_back_to(&self, at: &Path) {
        self.close();
        self.eye.lock().unwrap_or_else(PoisonError::into_inner).take();
        fs::remove_dir_all(&self.folder).expect("a folder");
        copy(at, &self.folder);
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.net.watch(|watch| watch.forget_silence(self.number));
    }

    /// A look into the unit's file, beside the client. Opened once: it costs more than all that is asked.
    fn look<T>(&self, f: impl FnOnce(&Connection) -> T) -> T {
        let mut eye = self.eye.lock().unwrap_or_else(PoisonError::into_inner);
        f(eye.get_or_insert_with(|| look(&units(&self.folder)[0])))
    }

    /// Ops that may have been sent.
    fn marked(&self) -> BTreeSet<Vec<u8>> {
        self.look(|file| ids(file, "SELECT op_id FROM outbox WHERE maybe_sent = 1"))
    }

    /// Every report that is here, or was erased here.
    pub(crate) fn known(&self) -> BTreeSet<ReportId> {
        self.look(|file| ids(file, "SELECT id FROM report UNION SELECT report_id FROM tombstone"))
            .into_iter()
            .map(|id| ReportId::from_bytes(id.try_into().expect("an id")))
            .collect()
    }

    /// The revision of the server that is proved here, of each report.
    pub(crate) fn proved_revisions(&self) -> BTreeMap<String, u32> {
        self.look(|file| {
            let mut rows = file.prepare_cached("SELECT id, acked_rev FROM report").expect("a statement");
            let rows = rows.query_map([], |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?))).expect("rows");
            rows.map(|row| row.map(|(id, revision)| (ReportId::from_bytes(id).to_string(), revision)))
                .collect::<Result<_, _>>()
                .expect("rows")
        })
    }

    /// Ops of which a receipt is kept.
    pub(crate) fn receipts(&self) -> BTreeSet<String> {
        let receipts = self.look(|file| ids(file, "SELECT op_id FROM receipt"));
        receipts
            .into_iter()
            .map(|id| apoa_core::ids::OpId::from_bytes(id.try_into().expect("an id")).to_string())
            .collect()
    }

    /// What must hold of the rows after every step.
    pub(crate) fn look_at_rows(&self) {
        let mut known = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        self.look(|file| {
            check_rows(file);
            let mut rows = file.prepare_cached("SELECT id, server_version FROM report").expect("a statement");
            let rows = rows.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)));
            for row in rows.expect("rows") {
                let (id, version) = row.expect("a row");
                let before = known.insert(id, version).unwrap_or(0);
                assert!(version >= before, "I9: a version of the server fell from {before} to {version}");
            }
        });
    }
}

impl Ended {
    /// In the trace.
    pub(crate) fn word(&self) -> String {
        match self {
            Self::Well(summary) => {
                let by = summary.stopped_by.map_or("done", StoppedBy::as_str);
                format!("{by}: {} sent, {} received, {} left", summary.sent, summary.received, summary.left)
            }
            Self::Refused(error) => format!("refused: {error:?}"),
            Self::Killed => "killed".to_owned(),
        }
    }

    /// What stopped it.
    pub(crate) fn stopped_by(&self) -> Option<StoppedBy> {
        match self {
            Self::Well(summary) => summary.stopped_by,
            Self::Refused(_) | Self::Killed => None,
        }
    }
}

fn ids(file: &Connection, sql: &str) -> BTreeSet<Vec<u8>> {
    let mut statement = file.prepare_cached(sql).expect("a statement");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.map(|id| id.expect("an id")).collect()
}
