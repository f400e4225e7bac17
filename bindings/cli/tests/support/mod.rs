//! The program as a black box: commands with a data folder of their own, and the server as a process.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod pdf;
pub(crate) mod sheet;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use apoa_frames::{Card, Condition, EcLevel, Holder, Size};
use serde_json::Value;

/// The program under test.
pub(crate) const APOA: &str = env!("CARGO_BIN_EXE_apoa");
/// Long for a machine under load; no test waits so long when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// A passport of the specimen person that is valid for years.
pub(crate) const MRZ: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nX000000012UTO7408122F3604155<<<<<<<<<<<<<<<2";
/// Its number.
pub(crate) const PASSPORT: &str = "X00000001";
/// A permit's code in labelled lines.
pub(crate) const PERMIT: &str = "Permit Number : 2C11JE0001-X\nFull Name : ERIKSSON ANNA MARIA\nNationality : UTOPIA\n\
                          Date of Birth : 12-08-1974\nPassport Number : X00000001";

/// What a command did.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// The JSON lines; every line of stdout has to be one.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parsed = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        self.stdout.lines().map(parsed).collect()
    }

    pub(crate) fn last(&self) -> Value {
        self.lines().pop().unwrap_or_else(|| panic!("no line: {self:?}"))
    }

    /// The code of the error on the last line.
    pub(crate) fn code(&self) -> String {
        self.last()["error"]["code"].as_str().unwrap_or_else(|| panic!("no error: {self:?}")).to_owned()
    }
}

/// A command with this data folder and nothing of the shell's settings.
pub(crate) fn command(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(APOA);
    command.arg("--data").arg(data).args(["--json", "--lang", "en"]).args(args);
    command.env_remove("APOA_DATA").env_remove("APOA_SERVER").env_remove("APOA_TRUST");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn run(data: &Path, args: &[&str]) -> Answer {
    run_with(data, args, None)
}

/// Runs a command to its end, with this on its standard input.
pub(crate) fn run_with(data: &Path, args: &[&str], input: Option<&str>) -> Answer {
    let mut command = command(data, args);
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().expect("a process");
    if let Some(input) = input {
        // A command may end without reading: a closed pipe is no failure of the test.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    }
    let output = child.wait_with_output().expect("an end");
    Answer {
        exit: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A server process; it ends when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) first: Value,
    lines: Receiver<Value>,
}

impl Server {
    pub(crate) fn start(folder: &Path, listen: &str, faults: &[&str]) -> Self {
        Self::start_with(folder, listen, faults, &[])
    }

    pub(crate) fn start_with(folder: &Path, listen: &str, faults: &[&str], more: &[&str]) -> Self {
        let db = folder.join("office.db");
        let mut args = vec!["serve", "--listen", listen, "--db", db.to_str().expect("a path")];
        args.extend(faults.iter().flat_map(|rule| ["--fail", rule]));
        args.extend(more);
        let mut child = command(folder, &args).stderr(Stdio::null()).spawn().expect("a server");
        let stdout = child.stdout.take().expect("a pipe");
        let (told, lines) = channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            for line in lines {
                let _ = told.send(serde_json::from_str(&line).expect("a JSON line"));
            }
        });
        let first = lines.recv_timeout(PATIENCE).expect("a first line");
        Self { child, first, lines }
    }

    pub(crate) fn word(&self, key: &str) -> String {
        self.first[key].as_str().unwrap_or_else(|| panic!("no {key}: {}", self.first)).to_owned()
    }

    /// Where it listens, for a second server in its place.
    pub(crate) fn address(&self) -> String {
        self.word("url").trim_start_matches("https://").to_owned()
    }

    /// Waits until the server tells of this event.
    pub(crate) fn wait_for(&self, event: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect("an event");
            if line["event"] == event {
                return line;
            }
        }
    }

    /// Signs in to it.
    pub(crate) fn login(&self, data: &Path, password: &str) -> Answer {
        let (url, trust) = (self.word("url"), self.word("trust"));
        let args =
            ["login", "--server", &url, "--trust", &trust, "--user", "resepsionis", "--password-stdin"];
        run_with(data, &args, Some(&format!("{password}\n")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A report of the specimen guest, arriving today.
pub(crate) fn report(data: &Path) -> Answer {
    let arrival = format!("check_in={}", today());
    run(
        data,
        &[
            "report",
            "new",
            "--kind",
            "lodging.check_in",
            "--permit",
            PERMIT,
            "--mrz",
            MRZ,
            "--field",
            &arrival,
            "--field",
            "nights=3",
            "--field",
            "purpose=holiday",
        ],
    )
}

/// Today where most lodgings are, as the program reckons it.
pub(crate) fn today() -> String {
    use apoa_core::Clock as _;
    apoa_core::report::deadline::Zone::default().day(apoa_core::SystemClock::new().wall()).to_string()
}

/// Writes a camera's picture of a specimen passport with these lines, held still in good light.
pub(crate) fn passport(path: &Path, lines: &str) {
    let (first, second) = lines.split_once('\n').expect("two lines");
    let page = Card::passport(&Holder::default(), [first, second]);
    let frame = apoa_frames::render_at(&page, Condition::Clean, 1, 1, Size::FULL_HD);
    frame.write_png(path).expect("a file");
}

/// Writes a picture of a specimen card whose code says this.
pub(crate) fn card(path: &Path, payload: &str) {
    let card = Card::kitas(&Holder::default(), payload.as_bytes(), EcLevel::Medium).expect("a card");
    card.image.write_png(path).expect("a file");
}
