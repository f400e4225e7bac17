//! The real processes of the demo: this program as a server, and as a client that is killed. Nothing here waits by
//! the clock: what counts are the lines of a child and its end. A password crosses a pipe and nothing else.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use apoa_core::private::Private;
use serde::Deserialize;
use serde_json::Value;

use super::stage::Trouble;

/// Nothing here takes a tenth of it, even on a slow machine; who waits longer waits for nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// How to reach the server and who can sign in.
#[derive(Deserialize)]
pub(super) struct Hello {
    pub(super) url: String,
    pub(super) trust: PathBuf,
    pub(super) user: String,
    /// Told once, by a new database.
    pub(super) password: Option<Private<String>>,
}

/// A child whose lines are read as they come, and which does not outlive the demo.
struct Lines {
    child: Child,
    lines: Receiver<String>,
}

impl Lines {
    fn start(command: &mut Command) -> Result<Self, Trouble> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| Trouble::unmet("a child has an output"))?;
        let (say, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines })
    }

    /// The next line; `None` at the end.
    fn next(&self, until: Instant) -> Result<Option<String>, Trouble> {
        match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(Trouble::unmet("a child process answers in time")),
        }
    }

    /// Waits for its end, which closes its output.
    fn ended(&mut self) -> Result<ExitStatus, Trouble> {
        let until = Instant::now() + PATIENCE;
        while self.next(until)?.is_some() {}
        Ok(self.child.wait()?)
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // One that has ended already takes no harm.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The reference server as a process.
pub(super) struct Server {
    lines: Lines,
    pub(super) hello: Hello,
}

impl Server {
    /// Starts it on this database; `address` is where it listened before, `fault` what it is to do wrong.
    pub(super) fn start(db: &Path, address: Option<&str>, fault: Option<&str>) -> Result<Self, Trouble> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg("--db").arg(db);
        if let Some(address) = address {
            command.args(["--listen", address]);
        }
        if let Some(fault) = fault {
            command.args(["--fail", fault]);
        }
        let lines = Lines::start(&mut command)?;
        let first = lines.next(Instant::now() + PATIENCE)?;
        let first = first.ok_or_else(|| Trouble::unmet("the server starts"))?;
        // The line holds a password: what is wrong with it is told without it.
        let hello =
            serde_json::from_str(&first).map_err(|_| Trouble::unmet("the server says how to reach it"))?;
        Ok(Self { lines, hello })
    }

    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.lines.child.id()
    }

    /// Waits until it says that it committed an op, and returns which.
    pub(super) fn committed(&self) -> Result<String, Trouble> {
        let until = Instant::now() + PATIENCE;
        while let Some(line) = self.lines.next(until)? {
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if event["event"] == "committed"
                && let Some(op) = event["op_id"].as_str()
            {
                return Ok(op.to_owned());
            }
        }
        Err(Trouble::unmet("the server stays until it has committed"))
    }

    /// Asks it to end, as an administrator would, and waits until it has.
    pub(super) fn terminate(mut self) -> Result<ExitStatus, Trouble> {
        terminate(&mut self.lines.child)?;
        self.lines.ended()
    }
}

#[cfg(unix)]
fn terminate(child: &mut Child) -> Result<(), Trouble> {
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
    Ok(())
}

/// There is no signal to ask with.
#[cfg(not(unix))]
fn terminate(child: &mut Child) -> Result<(), Trouble> {
    Ok(child.kill()?)
}

/// `apoa sync` as a process, on this data folder.
pub(super) struct Sender(Lines);

impl Sender {
    pub(super) fn start(data: &Path) -> Result<Self, Trouble> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["sync", "--json", "--data"]).arg(data);
        // What `login` remembered is what counts, not what the shell happens to hold.
        command.env_remove("APOA_SERVER").env_remove("APOA_TRUST");
        Ok(Self(Lines::start(&mut command)?))
    }

    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.0.child.id()
    }

    /// Kills it at once (SIGKILL): it gets no chance to write or to close anything. `Err` if it had ended by itself.
    pub(super) fn kill(mut self) -> Result<(), Trouble> {
        self.0.child.kill()?;
        let status = self.0.child.wait()?;
        if status.code().is_some() && cfg!(unix) {
            return Err(Trouble::unmet("the client is still waiting for an answer when it is killed"));
        }
        Ok(())
    }
}
