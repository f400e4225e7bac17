//! Certificates as they must not be: each is refused for what it is, not a byte of a request goes to whoever shows it,
//! and behind the good one the same report is delivered.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use apoa_core::{ApoaClient, Config, StoppedBy, Trust};
use apoa_server::{Running, office_reports};
use apoa_tests::chain::{Authority, Shown, authority, below, key, leaf, private, root, shown};
use apoa_tests::door::{Door, relay, trust};
use apoa_tests::folder::Folder;
use apoa_tests::phone::{PASSWORD, config, credentials, guest, ports, send_now, server};
use apoa_tests::starting::start;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, NameConstraints, SanType, date_time_ymd,
};
use rustls::pki_types::CertificateDer;

/// The deployment's authorities.
struct Ours {
    root: Authority,
    middle: Authority,
}

impl Ours {
    fn new() -> Self {
        let root = root(authority("a root of the tests"));
        let middle = below(authority("an authority below it"), &root);
        Self { root, middle }
    }

    fn good(&self) -> Shown {
        shown(&leaf(), &self.middle, &[&self.middle])
    }

    /// A leaf of ours that is wrong in one way.
    fn leaf(&self, wrong: impl FnOnce(&mut CertificateParams)) -> Shown {
        let mut params = leaf();
        wrong(&mut params);
        shown(&params, &self.middle, &[&self.middle])
    }

    /// A good leaf by an authority of ours that is wrong in one way.
    fn by(&self, wrong: impl FnOnce(&mut CertificateParams)) -> Shown {
        let mut params = authority("an authority that may not");
        wrong(&mut params);
        let middle = below(params, &self.root);
        shown(&leaf(), &middle, &[&middle])
    }
}

fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2015, 1, 1);
    params.not_after = date_time_ymd(2016, 11, 1);
}

fn early(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2049, 1, 1);
}

fn constrained(names: NameConstraints) -> impl FnOnce(&mut CertificateParams) {
    move |params| params.name_constraints = Some(names)
}

/// Every kind, with what a phone has to say of it. Of an authority the constraints are read, its key usage is not: webpki
/// leaves that out.
fn kinds(ours: &Ours) -> Vec<(&'static str, StoppedBy, Shown)> {
    let foreign = root(authority("a stranger"));
    let namesake = root(authority("a root of the tests"));
    let (dns, address) =
        (GeneralSubtree::DnsName("example.org".to_owned()), CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0]));
    let mut kinds = vec![
        ("expired", StoppedBy::Clock, ours.leaf(expired)),
        ("not yet valid", StoppedBy::Clock, ours.leaf(early)),
        ("by an authority that expired", StoppedBy::Clock, ours.by(expired)),
        (
            "for another name",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                leaf.subject_alt_names = vec![SanType::DnsName("example.org".try_into().unwrap())];
            }),
        ),
        (
            "for another address",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                leaf.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 2].into())];
            }),
        ),
        (
            "for the address as a name",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                leaf.subject_alt_names.clear();
                leaf.distinguished_name.push(DnType::CommonName, "127.0.0.1");
            }),
        ),
        ("by a stranger", StoppedBy::Untrusted, shown(&leaf(), &foreign, &[&foreign])),
        ("by a namesake of the root", StoppedBy::Untrusted, shown(&leaf(), &namesake, &[&namesake])),
        ("without the authority between", StoppedBy::Untrusted, shown(&leaf(), &ours.middle, &[])),
        (
            "for clients alone",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }),
        ),
        (
            "for code alone",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
            }),
        ),
        (
            "an authority's own",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            }),
        ),
        (
            "with a critical extension that nobody knows",
            StoppedBy::Untrusted,
            ours.leaf(|leaf| {
                let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999], vec![5, 0]);
                unknown.set_criticality(true);
                leaf.custom_extensions.push(unknown);
            }),
        ),
        (
            "by one who is no authority",
            StoppedBy::Untrusted,
            ours.by(|middle| middle.is_ca = IsCa::ExplicitNoCa),
        ),
        (
            "by one whose names are others",
            StoppedBy::Untrusted,
            ours.by(constrained(NameConstraints {
                permitted_subtrees: vec![dns],
                excluded_subtrees: Vec::new(),
            })),
        ),
        (
            "by one who may not speak for the address",
            StoppedBy::Untrusted,
            ours.by(constrained(NameConstraints {
                permitted_subtrees: Vec::new(),
                excluded_subtrees: vec![GeneralSubtree::IpAddress(address)],
            })),
        ),
    ];
    let short = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let mut last = authority("the last authority");
    short(&mut last);
    let last = below(last, &ours.root);
    let further = below(authority("one more"), &last);
    kinds.push((
        "by one authority too many",
        StoppedBy::Untrusted,
        shown(&leaf(), &further, &[&further, &last]),
    ));

    let own = key();
    let alone = leaf().self_signed(&own).unwrap();
    kinds.push((
        "signed by itself",
        StoppedBy::Untrusted,
        Shown { chain: vec![alone.der().clone()], key: private(&own) },
    ));
    let mut tampered = ours.good();
    let mut bytes = tampered.chain[0].to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    tampered.chain[0] = CertificateDer::from(bytes);
    kinds.push(("tampered with", StoppedBy::Untrusted, tampered));
    kinds.push(("without its key", StoppedBy::Untrusted, Shown { key: private(&key()), ..ours.good() }));
    kinds
}

/// A server behind a door, and a phone that signed in through it.
struct Behind {
    server: Running,
    door: Door,
    ours: Ours,
    trust: String,
    folder: Folder,
    client: ApoaClient,
}

impl Behind {
    fn new() -> Self {
        let (server, ours, folder) = (server(&[]), Ours::new(), Folder::new());
        let door = Door::open(ours.good(), relay(server.url(), server.trust_file()));
        let trust = trust(&ours.root.pem(), server.trust_file());
        let client = ApoaClient::open(settings(folder.path(), &door, &trust), ports(folder.path())).unwrap();
        client.sign_in(&credentials(PASSWORD)).unwrap();
        Self { server, door, ours, trust, folder, client }
    }

    /// A run that has to end so, without a byte to whoever is behind the certificate and without a mark.
    fn refused(&self, what: &str, by: StoppedBy) {
        let (told, came) = (self.door.told(), self.door.connections());
        let summary = send_now(&self.client, 10);
        assert_eq!((summary.sent, summary.left, summary.stopped_by), (0, 1, Some(by)), "{what}");
        assert_eq!(self.door.told() - told, 0, "{what}: it was told something");
        assert!(self.door.connections() > came, "{what}: nobody came");
        let queue = self.client.queue().unwrap();
        assert_eq!((queue[0].attempts, queue[0].maybe_sent), (0, false), "{what}");
    }

    fn delivered(&self, what: &str) {
        self.door.show(self.ours.good());
        let summary = send_now(&self.client, 20);
        assert_eq!((summary.received, summary.left, summary.stopped_by), (1, 0, None), "after {what}");
    }
}

fn settings(data: &Path, door: &Door, trust: &str) -> Config {
    Config { trust: Some(Trust::from_pem(trust).unwrap()), ..config(data, Some(&door.url()), None) }
}

#[test]
fn i07b_i18_no_wrong_certificate_is_told_a_byte_and_the_good_one_gets_the_report() {
    let behind = Behind::new();
    let kinds = kinds(&behind.ours);
    let count = kinds.len();
    for (number, (what, by, shown)) in kinds.into_iter().enumerate() {
        behind.client.finalise(guest(&behind.client, &format!("C{number:08}")), None, None).unwrap();
        behind.door.show(shown);
        behind.refused(what, by);
        behind.delivered(what);
    }
    let held = office_reports(behind.server.db()).unwrap();
    assert_eq!(held.len(), count);
    assert!(held.iter().all(|held| held.ops.len() == 1 && held.ops[0].times_seen == 1));
    println!("{count} kinds of wrong certificates refused, 0 bytes told");
}

/// To a phone whose clock is wrong by years every certificate is one of another time.
#[test]
fn a_phone_with_a_wrong_clock_is_told_so_and_delivers_once_it_is_right() {
    let behind = Behind::new();
    behind.client.finalise(guest(&behind.client, "L898902C3"), None, None).unwrap();
    for (what, wrong) in
        [("it is 1970 here", early as fn(&mut CertificateParams)), ("ten years ahead", expired)]
    {
        behind.door.show(behind.ours.leaf(wrong));
        behind.refused(what, StoppedBy::Clock);
    }
    behind.delivered("the repair");
}

/// Where a system keeps the roots it trusts is none of our business.
#[test]
fn i18_the_roots_of_the_system_count_for_nothing() {
    let behind = Behind::new();
    behind.client.finalise(guest(&behind.client, "L898902C3"), None, None).unwrap();
    let folder = behind.folder.path().to_owned();
    behind.client.suspend().unwrap();
    let foreign = root(authority("a stranger"));
    behind.door.show(shown(&leaf(), &foreign, &[&foreign]));
    let (system, own) = (Folder::new(), Folder::new());
    fs::write(system.path().join("roots.pem"), foreign.pem()).unwrap();
    fs::write(own.path().join("trust.pem"), &behind.trust).unwrap();
    let told = behind.door.told();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sending"));
    command
        .args([folder.as_os_str(), behind.door.url().as_ref(), own.path().join("trust.pem").as_os_str()])
        .env("SSL_CERT_FILE", system.path().join("roots.pem"))
        .env("SSL_CERT_DIR", system.path())
        .stdout(Stdio::piped());
    let output = start(&mut command).wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "untrusted\n");
    assert_eq!(behind.door.told(), told);
    behind.client.resume().unwrap();
    behind.delivered("a root of the system");
}
