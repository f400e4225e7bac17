//! What a process wrote and synced, as the system saw it: the log of `strace`, and the disks that a power cut at any
//! moment could have left. Everything that was not synced may be missing, torn, or there while older writes are not.
//!
//! The model is harsher than any file system: an entry of a folder is durable only once that folder was synced, and
//! unsynced writes to one file arrive in any order, each in sectors.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::random::Moments;

/// A disk writes so much at once or not at all.
const SECTOR: usize = 512;

/// One thing a process did to the disk, or said.
#[derive(Clone, Debug)]
pub enum Act {
    /// Wrote these bytes there.
    Write(PathBuf, usize, Vec<u8>),
    /// Cut or grew a file.
    Truncate(PathBuf, usize),
    /// Made a file, emptying it if it was there and this says so.
    Create(PathBuf, bool),
    /// Made a folder.
    Folder(PathBuf),
    /// Moved a file or folder.
    Rename(PathBuf, PathBuf),
    /// Removed a file or folder.
    Remove(PathBuf),
    /// Synced a file or folder.
    Sync(PathBuf),
    /// Said a line on standard output.
    Say(String),
}

/// Whether processes can be traced here.
pub fn is_possible() -> bool {
    let traced =
        Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    traced.is_ok_and(|status| status.success())
}

/// Runs a command to its end and returns what it did to files below `folder`, in order.
pub fn record(command: &Command, folder: &Path, log: &Path) -> Vec<Act> {
    let calls = "openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat";
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-xx", "-s", "4000000", "-e", &format!("trace={calls}"), "-o"]).arg(log);
    traced.arg(command.get_program()).args(command.get_args()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(traced.status().expect("strace").success(), "the traced process failed");
    let text = fs::read_to_string(log).expect("a log");
    let mut waiting = BTreeMap::new();
    let mut acts = Vec::new();
    for line in text.lines() {
        let (process, line) = line.split_once(' ').expect("a process");
        let line = line.trim_start();
        if let Some(begun) = line.strip_suffix(" <unfinished ...>") {
            waiting.insert(process.to_owned(), begun.to_owned());
            continue;
        }
        let whole = match line.split_once(" resumed>") {
            Some((_, rest)) => format!("{}{rest}", waiting.remove(process).unwrap_or_default()),
            None => line.to_owned(),
        };
        acts.extend(act(&whole, folder));
    }
    acts
}

/// The act behind a line of the log, if it succeeded and is about the folder.
fn act(line: &str, folder: &Path) -> Option<Act> {
    let (call, rest) = line.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    if result.trim_start().starts_with('-') {
        return None;
    }
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let here = |path: PathBuf| path.starts_with(folder).then_some(path);
    // `5</path>`: -y names what a descriptor stands for.
    let of_descriptor = || {
        let (_, named) = arguments.split_once('<')?;
        let (path, rest) = named.split_once('>')?;
        Some((PathBuf::from(String::from_utf8(unescaped(path)).ok()?), rest))
    };
    let texts: Vec<Vec<u8>> = arguments.split('"').skip(1).step_by(2).map(unescaped).collect();
    let path = |at: usize| Some(PathBuf::from(String::from_utf8(texts.get(at)?.clone()).ok()?));
    match call {
        "write" if arguments.starts_with("1<") => {
            Some(Act::Say(String::from_utf8_lossy(texts.first()?).trim().to_owned()))
        }
        "pwrite64" => {
            let (path, rest) = of_descriptor()?;
            let offset = rest.rsplit(", ").next()?.trim().parse().ok()?;
            Some(Act::Write(here(path)?, offset, texts.first()?.clone()))
        }
        // Only whole new files are written so; they are written once from their beginning.
        "write" => Some(Act::Write(here(of_descriptor()?.0)?, 0, texts.first()?.clone())),
        "ftruncate" => {
            let (path, rest) = of_descriptor()?;
            Some(Act::Truncate(here(path)?, rest.trim_start_matches(", ").trim().parse().ok()?))
        }
        "fsync" | "fdatasync" => Some(Act::Sync(here(of_descriptor()?.0)?)),
        "openat" if arguments.contains("O_CREAT") => {
            Some(Act::Create(here(path(0)?)?, arguments.contains("O_TRUNC")))
        }
        "rename" | "renameat" | "renameat2" => Some(Act::Rename(here(path(0)?)?, path(1)?)),
        "unlink" | "unlinkat" => Some(Act::Remove(here(path(0)?)?)),
        "mkdir" | "mkdirat" => Some(Act::Folder(here(path(0)?)?)),
        _ => None,
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if let (b'\\', [b'x', high, low, ..]) = (first, tail) {
            bytes.push(digit(*high) << 4 | digit(*low));
            rest = &tail[3..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}

/// A file as the disk holds it, and what waits in front of it.
#[derive(Clone, Default)]
struct Content {
    durable: Vec<u8>,
    waiting: Vec<(usize, Option<Vec<u8>>)>,
}

/// A disk with what was synced, and what may or may not be on it.
#[derive(Clone, Default)]
pub struct Disk {
    files: Vec<Content>,
    /// What a running process sees: folders hold `None`.
    now: BTreeMap<PathBuf, Option<usize>>,
    /// What survives for certain.
    kept: BTreeMap<PathBuf, Option<usize>>,
    /// Changes of folders since, in order.
    changes: Vec<(BTreeSet<PathBuf>, Act, Option<usize>)>,
}

impl Disk {
    /// Does what the process did.
    pub fn apply(&mut self, act: &Act) {
        match act {
            Act::Say(_) => {}
            Act::Write(path, offset, bytes) => self.wait(path, *offset, Some(bytes.clone())),
            Act::Truncate(path, size) => self.wait(path, *size, None),
            Act::Create(path, empties) => {
                if self.now.contains_key(path) {
                    if *empties {
                        self.wait(path, 0, None);
                    }
                    return;
                }
                self.files.push(Content::default());
                let file = Some(self.files.len() - 1);
                self.now.insert(path.clone(), file);
                self.change(&[path], act, file);
            }
            Act::Folder(path) => {
                self.now.insert(path.clone(), None);
                self.change(&[path], act, None);
            }
            Act::Rename(from, to) => {
                rename(&mut self.now, from, to);
                self.change(&[from, to], act, None);
            }
            Act::Remove(path) => {
                self.now.remove(path);
                self.change(&[path], act, None);
            }
            Act::Sync(path) => match self.now.get(path) {
                Some(Some(file)) => self.files[*file].settle(),
                _ => self.sync_folder(path),
            },
        }
    }

    fn wait(&mut self, path: &Path, at: usize, bytes: Option<Vec<u8>>) {
        if let Some(Some(file)) = self.now.get(path) {
            self.files[*file].waiting.push((at, bytes));
        }
    }

    fn change(&mut self, paths: &[&PathBuf], act: &Act, file: Option<usize>) {
        let parents = paths.iter().filter_map(|path| path.parent().map(Path::to_owned)).collect();
        self.changes.push((parents, act.clone(), file));
    }

    /// A folder's own entries are durable now; and, as the log of a file system has an order, whatever came before.
    fn sync_folder(&mut self, folder: &Path) {
        let last = self.changes.iter().rposition(|(parents, ..)| parents.contains(folder));
        let count = last.map_or(0, |last| last + 1);
        for (_, act, file) in self.changes.drain(..count) {
            apply_change(&mut self.kept, &act, file);
        }
    }

    /// Writes one of the disks that a power cut now could leave, below `to` instead of `from`.
    pub fn image(&self, from: &Path, to: &Path, moments: &mut Moments) {
        let mut entries = self.kept.clone();
        let more = moments.up_to(self.changes.len() as u64 + 1) as usize;
        for (_, act, file) in &self.changes[..more] {
            apply_change(&mut entries, act, *file);
        }
        let moved = |path: &Path| to.join(path.strip_prefix(from).expect("below"));
        fs::create_dir_all(to).expect("a folder");
        for (path, file) in &entries {
            let target = moved(path);
            match file {
                None => fs::create_dir_all(&target).expect("a folder"),
                Some(file) if target.parent().is_some_and(Path::exists) => {
                    fs::write(target, self.files[*file].after_a_cut(moments)).expect("a file");
                }
                Some(_) => {}
            }
        }
    }
}

fn apply_change(entries: &mut BTreeMap<PathBuf, Option<usize>>, act: &Act, file: Option<usize>) {
    match act {
        Act::Create(path, _) | Act::Folder(path) => {
            entries.insert(path.clone(), file);
        }
        Act::Rename(from, to) => rename(entries, from, to),
        Act::Remove(path) => {
            entries.remove(path);
        }
        Act::Write(..) | Act::Truncate(..) | Act::Sync(_) | Act::Say(_) => {}
    }
}

/// Moves an entry with everything below it.
fn rename(entries: &mut BTreeMap<PathBuf, Option<usize>>, from: &Path, to: &Path) {
    let below: Vec<PathBuf> = entries.keys().filter(|path| path.starts_with(from)).cloned().collect();
    for path in below {
        let file = entries.remove(&path).expect("it was there");
        let rest = path.strip_prefix(from).expect("below");
        let target = if rest.as_os_str().is_empty() { to.to_owned() } else { to.join(rest) };
        entries.insert(target, file);
    }
}

impl Content {
    fn settle(&mut self) {
        for (at, bytes) in self.waiting.drain(..) {
            put(&mut self.durable, at, bytes.as_deref());
        }
    }

    /// Each waiting write is there, missing, or there in some of its sectors; now and then in another order.
    fn after_a_cut(&self, moments: &mut Moments) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let mut order: Vec<usize> = (0..self.waiting.len()).collect();
        if moments.up_to(2) == 0 {
            for place in (1..order.len()).rev() {
                order.swap(place, moments.up_to(place as u64 + 1) as usize);
            }
        }
        let survives = moments.up_to(4);
        for place in order {
            let (at, write) = &self.waiting[place];
            match (write, moments.up_to(4)) {
                // Everything, as after a lucky cut; or most, some, few.
                (write, luck) if survives == 0 || luck > survives => put(&mut bytes, *at, write.as_deref()),
                (Some(write), luck) if luck == survives => {
                    for (sector, part) in write.chunks(SECTOR).enumerate() {
                        if moments.up_to(2) == 0 {
                            put(&mut bytes, at + sector * SECTOR, Some(part));
                        }
                    }
                }
                _ => {}
            }
        }
        bytes
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: Option<&[u8]>) {
    match bytes {
        None => file.resize(at, 0),
        Some(bytes) => {
            if file.len() < at + bytes.len() {
                file.resize(at + bytes.len(), 0);
            }
            file[at..at + bytes.len()].copy_from_slice(bytes);
        }
    }
}
