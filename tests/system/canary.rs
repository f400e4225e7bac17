//! Planted secrets: nothing personal stands in clear in any file the core writes, nor in any log line, error or
//! `Debug` text, before and after sending. Every other test of this folder searches what it leaves as well; this one
//! sees to it that each kind of value a report, a profile and a sign-in can carry was there to be found.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;

use apoa_core::ApoaClient;
use apoa_core::fields::{Field, Shape};
use apoa_core::ids::ReportId;
use apoa_core::report::draft::Draft;
use apoa_core::report::follow_up::FollowUp;
use apoa_core::report::kinds::{OpKind, ReportKind};
use apoa_core::report::profile::ProfileField;
use apoa_tests::canary::{FIELDS, PROFILE, disguises, find, named, other, plant, search_folder, value};
use apoa_tests::files::{look, units};
use apoa_tests::folder::Folder;
use apoa_tests::heard;
use apoa_tests::phone::{config, credentials, guest, open, ports, send_now, server, shown, signed_in};
use base64ct::{Base64, Encoding as _};

/// Who writes down which values it gave to the core.
#[derive(Default)]
struct Told(BTreeSet<&'static str>);

impl Told {
    fn field(&mut self, field: Field) -> &'static str {
        let value = value(field);
        self.0.insert(value.strip_prefix("other:").unwrap_or(value));
        value
    }

    fn other(&mut self, name: &str) -> &'static str {
        let value = other(name);
        self.0.insert(value);
        value
    }

    /// Sets these fields to their planted values.
    fn fill(&mut self, draft: &mut Draft, fields: &[Field]) {
        for field in fields {
            draft.set(*field, self.field(*field));
        }
    }

    /// A person with everything a report of this kind can say.
    fn person(&mut self, client: &ApoaClient, kind: ReportKind, passport: &str, own: &[Field]) -> Draft {
        let mut draft = Draft::new(kind);
        for (field, value) in guest(client, passport).facts() {
            if ![Field::CheckIn, Field::Nights, Field::Purpose].contains(field) {
                draft.set(*field, value.reveal());
            }
        }
        let rest = [
            Field::FullName,
            Field::Surname,
            Field::GivenNames,
            Field::BirthDate,
            Field::BirthPlace,
            Field::PassportExpiry,
            Field::PermitNumber,
            Field::PermitIndex,
            Field::PermitExpiry,
            Field::Niora,
            Field::RegisterNumber,
            Field::VisaNumber,
            Field::Email,
            Field::Remarks,
            Field::ParentPassportNumber,
        ];
        self.fill(&mut draft, &rest);
        self.fill(&mut draft, own);
        draft
    }

    fn follow_up(&mut self, op: OpKind, fields: &[Field], days: &[(Field, &str)]) -> FollowUp {
        let mut follow_up = FollowUp::new(op).unwrap();
        for field in fields {
            follow_up.set(*field, self.field(*field));
        }
        for (field, day) in days {
            follow_up.set(*field, day);
        }
        follow_up
    }

    /// A stay, a job, a private guest and a refusal, with all they can say.
    fn reports(&mut self, client: &ApoaClient) -> [ReportId; 4] {
        let today = client.today().to_string();
        let passport = self.field(Field::PassportNumber);
        let lodging = [Field::Purpose, Field::Room, Field::GroupId];
        let mut stay = self.person(client, ReportKind::LodgingCheckIn, passport, &lodging);
        stay.set(Field::CheckIn, &today);
        stay.set(Field::Nights, "3");
        let worker = [
            Field::Position,
            Field::WorkAddress,
            Field::Guarantor,
            Field::Site,
            Field::WorkApprovalNumber,
            Field::ContractEnd,
        ];
        let mut job = self.person(client, ReportKind::WorkerStart, passport, &worker);
        job.set(Field::Start, &today);
        let individual = [Field::Address, Field::Relation, Field::Until];
        let mut host = self.person(client, ReportKind::Individual, passport, &individual);
        host.set(Field::Since, &today);
        let refusal = [Field::Place, Field::AskedFor, Field::Shown, Field::Said, Field::Language];
        let mut refused = self.person(client, ReportKind::Refusal, passport, &refusal);
        refused.set(Field::RefusedAt, &format!("{today}T08:00:00+07:00"));
        [stay, job, host, refused].map(|draft| {
            heard::hear(&format!("{draft:?} {:?}", client.check(&draft)));
            let filed = client.finalise(draft.clone(), None, None).unwrap();
            heard::hear(&format!("{filed:?} {:?}", client.finalise(draft, None, None)));
            filed.report
        })
    }
}

#[test]
fn i13_i16_no_secret_stands_in_clear_in_files_logs_errors_or_debug_texts() {
    let (server, folder) = (server(&["wrong_receipt@/ops"]), Folder::new());
    let mut told = Told::default();
    let first = ApoaClient::open(
        config(folder.path(), Some(server.url()), Some(server.trust_file())),
        ports(folder.path()),
    );
    let first = first.unwrap();
    let (wrong, right) = (credentials(told.other("wrong password")), credentials(told.other("password")));
    heard::hear(&format!("{wrong:?} {:?} {right:?} {:?}", first.sign_in(&wrong), ports(folder.path())));
    drop(first);
    let client = signed_in(folder.path(), &server);
    let account = client.account().unwrap().unwrap();
    assert_eq!(account.user.reveal(), told.other("user name"));
    assert_eq!(account.units[0].name, told.other("name of a unit"));

    let mut profile = client.profile().unwrap();
    for (field, value) in PROFILE {
        profile.set(*field, value).unwrap();
        told.0.insert(value.strip_prefix("other:").unwrap_or(value));
    }
    client.set_profile(&profile).unwrap();
    let [stay, job, _, _] = told.reports(&client);
    let again = client.draft(stay).unwrap().unwrap();
    let again = client.finalise(again, None, Some(told.other("reason of a second stay"))).unwrap();
    let mut typed = guest(&client, "L898902C4");
    typed.set(Field::FullName, told.other("draft that is thrown away"));
    let thrown = client.save_draft(None, &typed, None).unwrap();
    heard::hear(&format!("{profile:?} {:?}", client.search(told.other("searched text"), 9, None)));
    assert!(search_folder(folder.path()) > 4);

    // The first run meets a receipt of a stranger, the second delivers.
    let _ = send_now(&client, 20);
    assert_eq!(send_now(&client, 40).left, 0);
    let today = client.today().to_string();
    let left = told.follow_up(OpKind::CheckOut, &[Field::NextDestination], &[(Field::CheckOut, &today)]);
    let moved = told.follow_up(
        OpKind::Change,
        &[Field::Old, Field::New],
        &[(Field::Change, "address"), (Field::Since, &today)],
    );
    let ended = told.follow_up(OpKind::End, &[Field::Reason], &[(Field::End, &today)]);
    heard::hear(&format!("{left:?} {moved:?} {ended:?}"));
    for (report, follow_up) in [(stay, left), (job, moved), (job, ended)] {
        client.follow_up(report, &follow_up).unwrap();
    }
    client.withdraw(again.report, told.other("reason of a withdrawal")).unwrap();
    assert_eq!(send_now(&client, 40).left, 0);

    // Changed keys, a locked client, a suspended one, a damaged file and its rescue say no more.
    client.rotate_keys().unwrap();
    client.discard(thrown).unwrap();
    client.lock();
    heard::hear(&shown(&client));
    client.suspend().unwrap();
    heard::hear(&shown(&client));
    assert!(search_folder(folder.path()) > 4);
    drop(client);
    let file = units(folder.path()).remove(0);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let client = open(folder.path()).unwrap();
    heard::hear(&format!("{:?} {}", client.rescued(), shown(&client)));
    assert!(search_folder(folder.path()) > 4);

    assert!(heard::search() > 1000, "nothing was logged at TRACE: the search saw nothing");
    let silent: Vec<_> = named().into_iter().filter(|(_, secret)| !told.0.contains(secret)).collect();
    assert!(silent.is_empty(), "planted, but never given to the core: {silent:?}");
    // What the server holds in clear shows that the search would see it.
    let held: String =
        look(server.db()).query_row("SELECT group_concat(data) FROM report", [], |row| row.get(0)).unwrap();
    assert!(find(held.as_bytes()).is_some());
}

#[test]
fn fifty_secrets_are_planted_and_every_field_that_can_be_personal_is_one() {
    let secrets: BTreeSet<_> = named().into_iter().map(|(_, secret)| secret).collect();
    assert!(secrets.len() >= 50, "{} secrets", secrets.len());
    assert!(secrets.iter().all(|secret| secret.len() >= 8), "short secrets are found by chance");
    let planted = |field: &Field| FIELDS.iter().any(|(known, _)| known == field);
    // One of a few words, a count or a flag says little and stands everywhere; days of a stay are today's; of an
    // attachment nothing is kept yet.
    let days = [
        Field::CheckIn,
        Field::CheckOutPlanned,
        Field::CheckOut,
        Field::Start,
        Field::Since,
        Field::End,
        Field::DepartureDate,
        Field::RefusedAt,
    ];
    let small = |field: &Field| {
        matches!(field.shape(), Shape::Word(_) | Shape::Count | Shape::Flag | Shape::Country | Shape::Digest)
    };
    let missing: Vec<_> =
        Field::ALL.iter().filter(|field| !planted(field) && !days.contains(field) && !small(field)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let small = [ProfileField::Zone, ProfileField::LodgingKind, ProfileField::Rooms, ProfileField::Language];
    let missing: Vec<_> = ProfileField::ALL
        .iter()
        .filter(|field| !small.contains(field) && !PROFILE.iter().any(|(known, _)| known == *field))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_search_finds_every_secret_in_every_disguise() {
    let key: Vec<u8> = (0..32).map(|place: u8| place.wrapping_mul(197).wrapping_add(91)).collect();
    plant(&key, "a key");
    let mut secrets: Vec<(String, Vec<u8>)> =
        named().into_iter().map(|(name, secret)| (name, secret.as_bytes().to_vec())).collect();
    secrets.push(("a key".to_owned(), key));
    for (name, secret) in secrets {
        let mut found = disguises(&secret);
        assert!(found.len() >= 7, "{name}");
        // In Base64 behind texts of any length.
        for before in ["", "a", "ab", "{\"name\":\""] {
            let whole = [before.as_bytes(), &secret, b"\",\"and\":\"so on\""].concat();
            found.push(Base64::encode_string(&whole).into_bytes());
        }
        for (number, disguise) in found.iter().enumerate() {
            let haystack = [&b"\0\x01junk before "[..], disguise, b" junk behind"].concat();
            assert!(find(&haystack).is_some(), "{name} in disguise {number}");
        }
    }
    assert_eq!(find(&[0; 5000]), None);
    assert_eq!(find(b"nothing personal, by anybody"), None);
}

#[test]
fn digits_that_a_receipt_has_in_common_with_a_passport_number_are_no_find() {
    plant(b"J0002011", "a passport number");
    for before in ["", "a", "ab"] {
        let receipt = format!("{before}{{\"iat\":1790002011,\"sha256\":\"e0002011f0002011\"}}");
        assert_eq!(find(Base64::encode_string(receipt.as_bytes()).as_bytes()), None);
    }
}
