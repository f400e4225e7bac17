//! The server of a story: a process on a database, killed and started again at its address.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use apoa_server::{Decision, office_decide};
use apoa_tests::starting::start;
use tempfile::TempDir;

pub(crate) struct Serving {
    /// The office's own: what it holds is personal, and no phone's.
    _folder: TempDir,
    process: Option<(Child, Lines<BufReader<ChildStdout>>)>,
    db: PathBuf,
    url: String,
}

impl Serving {
    pub(crate) fn start(faults: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (db, url) = (folder.path().join("office.db"), "https://127.0.0.1:0".to_owned());
        let mut serving = Self { _folder: folder, process: None, db, url };
        serving.listen(faults);
        serving
    }

    fn listen(&mut self, faults: &[String]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_serve"));
        command
            .arg(&self.db)
            .arg(self.url.trim_start_matches("https://"))
            .args(faults)
            .stdout(Stdio::piped());
        let mut child = start(&mut command);
        // Held open, so that the server may go on telling what it commits.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        first.strip_prefix("listens ").unwrap().clone_into(&mut self.url);
        self.process = Some((child, lines));
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn trust(&self) -> PathBuf {
        self.db.with_extension("trust.pem")
    }

    pub(crate) fn stop(&mut self) {
        if let Some((mut child, _)) = self.process.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Serves the same database at the same address, without faults.
    pub(crate) fn start_again(&mut self) {
        self.stop();
        self.listen(&[]);
    }

    pub(crate) fn decide(&self, report: &str, decision: &Decision) {
        office_decide(&self.db, report, decision).unwrap().unwrap();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop();
    }
}
