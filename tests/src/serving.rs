//! The reference server as a process on a database, killed and started again at its address.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::starting::start;

/// A server that dies with its value.
pub struct Serving {
    program: PathBuf,
    db: PathBuf,
    url: String,
    /// What it says is held open, so that it may go on telling what it commits.
    process: Option<(Child, Lines<BufReader<ChildStdout>>)>,
}

impl Serving {
    /// Serves a database by this program: `serve`, whose place Cargo tells tests alone.
    pub fn start(program: impl Into<PathBuf>, db: impl Into<PathBuf>, faults: &[&str]) -> Self {
        let url = "https://127.0.0.1:0".to_owned();
        let mut serving = Self { program: program.into(), db: db.into(), url, process: None };
        serving.listen(faults);
        serving
    }

    fn listen(&mut self, faults: &[&str]) {
        let address = self.url.trim_start_matches("https://");
        let mut command = Command::new(&self.program);
        command.arg(&self.db).arg(address).args(faults).stdout(Stdio::piped());
        let mut child = start(&mut command);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        first.strip_prefix("listens ").unwrap().clone_into(&mut self.url);
        self.process = Some((child, lines));
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its database.
    pub fn db(&self) -> &Path {
        &self.db
    }

    /// What proves that it is the server.
    pub fn trust(&self) -> PathBuf {
        self.db.with_extension("trust.pem")
    }

    /// Waits until an op is on its disk.
    pub fn committed(&mut self) {
        let (_, lines) = self.process.as_mut().expect("it was not stopped");
        let line = lines.next().expect("it lives").unwrap();
        assert!(line.starts_with("committed "), "{line}");
    }

    /// Kills it.
    pub fn stop(&mut self) {
        if let Some((mut child, _)) = self.process.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Serves the same database at the same address, without faults.
    pub fn start_again(&mut self) {
        self.stop();
        self.listen(&[]);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stop();
    }
}
