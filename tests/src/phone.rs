//! A phone: the core on a folder, with the keys in files beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use apoa_core::fields::Field;
use apoa_core::ids::Timestamp;
use apoa_core::private::Private;
use apoa_core::report::draft::Draft;
use apoa_core::report::kinds::ReportKind;
use apoa_core::{
    ApoaClient, Config, Credentials, FileVault, Page, Ports, StoreError, SyncError, SyncRequest, SyncSummary,
    SystemClock, Trigger, Trust,
};
use apoa_server::{Exchange, Options, Running};

use crate::canary::{PlantingRandom, plant, value};
use crate::clock::JumpingClock;
use crate::upheld::uphold;
use crate::vault::MemoryVault;
use crate::{folder, heard};

/// The folder of the file vault in a data folder.
pub const VAULT: &str = "keys";

/// The member every server of the tests knows; planted, as is its password.
pub const USER: &str = "resepsionis";
/// Its password.
pub const PASSWORD: &str = "kata sandi untuk uji";

/// A server that tells nobody what it does, with these faults.
pub fn server(faults: &[&str]) -> Running {
    server_on(None, faults)
}

/// A server on this database, or on one of its own.
pub fn server_on(db: Option<PathBuf>, faults: &[&str]) -> Running {
    apoa_server::start(options(db, faults), |_| {}).expect("a server")
}

/// What such a server is started with.
pub fn options(db: Option<PathBuf>, faults: &[&str]) -> Options {
    let faults = faults.iter().map(|rule| rule.parse().expect("a rule")).collect();
    let tap = Some(Arc::new(overhear) as apoa_server::Tap);
    Options { db, faults, password: Some(PASSWORD.to_owned()), tap, ..Options::default() }
}

/// What a tap does in every test: the exchange is held against the contract, and its tokens are secrets from now on.
pub fn overhear(exchange: &Exchange) {
    uphold(exchange);
    plant_tokens(exchange);
}

/// Every code and token that a sign-in brings is a secret from now on.
pub fn plant_tokens(exchange: &Exchange) {
    if !exchange.path.starts_with("/oauth/") {
        return;
    }
    let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&exchange.body) else { return };
    for name in ["authorization_code", "access_token", "refresh_token"] {
        if let Some(secret) = answer[name].as_str() {
            plant(secret.as_bytes(), name);
        }
    }
}

/// Ports of the system, with keys in files below the data folder.
pub fn ports(data: &Path) -> Ports {
    let random = Arc::new(PlantingRandom);
    Ports {
        vault: Arc::new(FileVault::new(data.join(VAULT), random.clone())),
        clock: Arc::new(SystemClock::new()),
        random,
        observer: None,
    }
}

/// Ports with these keys and this clock.
pub fn ports_of(vault: &MemoryVault, clock: &JumpingClock) -> Ports {
    Ports {
        vault: Arc::new(vault.clone()),
        clock: Arc::new(clock.clone()),
        random: Arc::new(PlantingRandom),
        observer: None,
    }
}

/// Signs in to this server with these ports.
pub fn signed_in_with(data: &Path, server: &Running, ports: Ports) -> ApoaClient {
    let config = config(data, Some(server.url()), Some(server.trust_file()));
    let client = ApoaClient::open(config, ports).expect("an open client");
    client.sign_in(&credentials(PASSWORD)).expect("a sign-in");
    client
}

/// Settings that lead to this server.
pub fn config(data: &Path, url: Option<&str>, trust: Option<&Path>) -> Config {
    Config {
        data_dir: data.to_owned(),
        server: url.map(|url| url.parse().expect("an address")),
        trust: trust
            .map(|file| Trust::from_pem(&fs::read_to_string(file).expect("a file")).expect("a trust file")),
        client_id: "apoa-tests".to_owned(),
        platform: "test".to_owned(),
    }
}

/// Opens the core on this folder, with whatever the last sign-in remembered.
pub fn open(data: &Path) -> Result<ApoaClient, StoreError> {
    ApoaClient::open(config(data, None, None), ports(data))
}

/// Opens the core on this folder and signs in to this server.
pub fn signed_in(data: &Path, server: &Running) -> ApoaClient {
    signed_in_with(data, server, ports(data))
}

/// The member's secret.
pub fn credentials(password: &str) -> Credentials {
    credentials_of(USER, password)
}

/// Another member's.
pub fn credentials_of(user: &str, password: &str) -> Credentials {
    Credentials::Password { user: Private::from(user), password: Private::from(password) }
}

/// A guest with this passport, staying from today; the person is the specimen of ICAO Doc 9303. Whatever is personal
/// about her is planted.
pub fn guest(client: &ApoaClient, passport: &str) -> Draft {
    plant(passport.as_bytes(), "a passport number");
    let mut draft = Draft::new(ReportKind::LodgingCheckIn);
    for field in PERSON {
        draft.set(*field, value(*field));
    }
    for (field, value) in [
        (Field::Nationality, "UTO"),
        (Field::Sex, "F"),
        (Field::PassportNumber, passport),
        (Field::CheckIn, &client.today().to_string()),
        (Field::Nights, "3"),
        (Field::Purpose, "holiday"),
    ] {
        draft.set(field, value);
    }
    draft
}

/// What every guest says about herself.
const PERSON: &[Field] = &[
    Field::FullName,
    Field::BirthDate,
    Field::BirthPlace,
    Field::PassportExpiry,
    Field::PermitNumber,
    Field::PermitExpiry,
    Field::Niora,
    Field::RegisterNumber,
    Field::VisaNumber,
    Field::Email,
    Field::ParentPassportNumber,
];

/// Every report: more than any test makes.
pub fn all() -> Page {
    Page { work: None, standing: None, limit: 1000, after: None }
}

/// A run as a person starts it, with so much time. What it leaves on disk and what it says is searched for secrets.
pub fn send_now(client: &ApoaClient, seconds: u64) -> SyncSummary {
    folder::search_open();
    let ended = sync_now(client, seconds);
    heard::hear(&format!("{ended:?} {}", shown(client)));
    folder::search_open();
    ended.expect("a run")
}

/// The same where it may not begin or end well; nothing is searched.
pub fn sync_now(client: &ApoaClient, seconds: u64) -> Result<SyncSummary, SyncError> {
    client.sync(SyncRequest { run: 1, budget: Duration::from_secs(seconds), trigger: Trigger::Person })
}

/// Everything a client shows, as somebody would log it.
pub fn shown(client: &ApoaClient) -> String {
    let page = Page { work: None, standing: None, limit: 20, after: None };
    let rows = client.reports(page);
    let details: Vec<_> =
        rows.iter().flatten().map(|row| (client.report(row.report), client.draft(row.report))).collect();
    let (account, profile, doctor) =
        ((client.account(), client.members()), client.profile(), client.doctor());
    let work = (client.queue(), client.counts(), client.hand_over(Timestamp(0)), client.breach_extract());
    format!("{rows:?} {details:?} {account:?} {profile:?} {doctor:?} {work:?} {:?}", client.salvages())
}
