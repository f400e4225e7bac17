//! Planted secrets: nothing personal stands in clear in any file the core writes, nor in any log line, error or
//! `Debug` text, before and after sending.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use apoa_core::fields::Field;
use apoa_core::ids::Timestamp;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::OpKind;
use apoa_core::report::profile::ProfileField;
use apoa_core::{ApoaClient, Page};
use apoa_tests::files::units;
use apoa_tests::phone::{PASSWORD, USER, guest, open, send_now, server, signed_in};
use base64ct::{Base64, Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use tracing_subscriber::fmt::MakeWriter;

const SECRETS: &[&str] = &[
    "ERIKSSON",
    "L898902C3",
    "L898902C4",
    "1974-08-12",
    "KAMAR RAHASIA 17",
    "RAHASIA DRAF",
    "PESAN SANGAT RAHASIA",
    "TUJUAN RAHASIA",
    "PENANGGUNG RAHASIA",
    PASSWORD,
    USER,
];

/// A secret as it could stand in a file.
fn disguises(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let hex = bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let utf16 = |swap: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(swap).collect::<Vec<u8>>();
    let mut all = vec![
        bytes.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    // Base64 depends on the place inside a group of three: each of the three is looked for by its inner part.
    for start in 0..3_usize.min(bytes.len()) {
        let inner = &bytes[start..start + (bytes.len() - start) / 3 * 3];
        if inner.len() >= 6 {
            all.push(Base64::encode_string(inner).into_bytes());
            all.push(Base64Unpadded::encode_string(inner).into_bytes());
            all.push(Base64UrlUnpadded::encode_string(inner).into_bytes());
        }
    }
    all
}

/// The length of the first secret that stands here in any disguise: the secret itself is not for a test's output.
fn find(haystack: &[u8]) -> Option<usize> {
    let stands = |disguise: &Vec<u8>| haystack.windows(disguise.len()).any(|window| window == disguise);
    SECRETS.iter().find(|secret| disguises(secret).iter().any(stands)).map(|secret| secret.len())
}

fn search(haystack: &[u8], what: &str) {
    assert_eq!(find(haystack), None, "a secret of that length stands in {what}");
}

fn search_folder(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += search_folder(&path);
        } else {
            search(&fs::read(&path).unwrap(), &path.display().to_string());
            files += 1;
        }
    }
    files
}

/// Everything that is logged, down to TRACE.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn speak(client: &ApoaClient) -> String {
    let page = Page { work: None, standing: None, limit: 10, after: None };
    let rows = client.reports(page).unwrap();
    let details: Vec<_> = rows.iter().map(|row| client.report(row.report).unwrap().unwrap()).collect();
    format!("{rows:?} {details:?} {:?} {:?}", client.queue().unwrap(), client.account().unwrap())
}

#[test]
fn no_secret_stands_in_clear_in_files_logs_errors_or_debug_texts() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let (server, folder) = (server(&["wrong_receipt@/ops"]), tempfile::tempdir().unwrap());
    let client = signed_in(folder.path(), &server);
    let mut draft = guest(&client, "L898902C3");
    draft.set(Field::Room, "KAMAR RAHASIA 17");
    let mut spoken = vec![format!("{draft:?}")];
    client.finalise(draft.clone(), None, None).unwrap();
    spoken.push(format!("{:?}", client.finalise(draft, None, None)));
    spoken.push(speak(&client));
    assert!(search_folder(folder.path()) > 4);

    let untrusted = send_now(&client, 10);
    let delivered = send_now(&client, 20);
    spoken.push(format!("{untrusted:?} {delivered:?} {}", speak(&client)));
    assert!(search_folder(folder.path()) > 4);

    // What is typed, corrected, followed up, rotated and rescued is searched as well.
    let mut other = guest(&client, "L898902C4");
    other.set(Field::FullName, "RAHASIA DRAF");
    let kept = client.save_draft(None, &other, None).unwrap();
    let sent = client.reports(Page { work: None, standing: None, limit: 9, after: None }).unwrap()[1].report;
    let mut whole = client.draft(sent).unwrap().unwrap();
    whole.set(Field::Remarks, "PESAN SANGAT RAHASIA");
    client.amend(sent, whole.clone(), None).unwrap();
    let mut left = FollowUp::new(OpKind::CheckOut).unwrap();
    left.set(Field::CheckOut, &client.today().to_string());
    left.set(Field::NextDestination, "TUJUAN RAHASIA");
    spoken.push(format!("{whole:?} {left:?} {:?}", client.follow_up(sent, &left).unwrap()));
    let mut profile = client.profile().unwrap();
    profile.set(ProfileField::PersonInCharge, "PENANGGUNG RAHASIA").unwrap();
    client.set_profile(&profile).unwrap();
    client.rotate_keys().unwrap();
    spoken.push(format!(
        "{:?} {profile:?} {:?} {:?} {:?}",
        client.search("RAHASIA DRAF", 9, None),
        client.hand_over(Timestamp(0)),
        client.breach_extract(),
        client.report(kept)
    ));
    assert!(search_folder(folder.path()) > 4);
    client.discard(kept).unwrap();
    drop(client);
    let file = units(folder.path()).remove(0);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let client = open(folder.path()).unwrap();
    spoken.push(format!("{} {:?} {:?}", speak(&client), client.rescued(), client.doctor()));
    assert!(search_folder(folder.path()) > 4);

    search(spoken.join(" ").as_bytes(), "a Debug or error text");
    let log = log.0.lock().unwrap();
    assert!(!log.is_empty(), "nothing was logged at TRACE: the search saw nothing");
    search(&log, "a log line");
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for planted in [b"xxERIKSSONxx".to_vec(), Base64::encode_string(b"name: ERIKSSON").into_bytes()] {
        assert_eq!(find(&planted), Some("ERIKSSON".len()));
    }
}
