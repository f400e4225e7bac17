//! Certificates as an authority issues them, or as it never should: each part of a chain can be made wrong on purpose.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Who issues.
pub type Authority = CertifiedIssuer<'static, KeyPair>;

/// What a server shows, and the key it proves it with.
pub struct Shown {
    /// The leaf, then who issued it.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's key.
    pub key: PrivateKeyDer<'static>,
}

/// An authority's certificate, good for decades.
pub fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, name);
    lasting(params)
}

/// A server's certificate for 127.0.0.1, good for decades.
pub fn leaf() -> CertificateParams {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    params.subject_alt_names.push(SanType::IpAddress([127, 0, 0, 1].into()));
    params.distinguished_name.push(DnType::CommonName, "a server of the tests");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    lasting(params)
}

/// The span is wide, so that only a really wrong clock leaves it.
fn lasting(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2054, 1, 1);
    params
}

/// A key that every part of the product takes.
pub fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

/// A root.
pub fn root(params: CertificateParams) -> Authority {
    CertifiedIssuer::self_signed(params, key()).expect("a root")
}

/// An authority below another one.
pub fn below(params: CertificateParams, issuer: &Authority) -> Authority {
    CertifiedIssuer::signed_by(params, key(), issuer).expect("an authority")
}

/// A leaf by this authority, shown with these certificates behind it.
pub fn shown(params: &CertificateParams, issuer: &Authority, behind: &[&Authority]) -> Shown {
    let key = key();
    let leaf = params.signed_by(&key, issuer).expect("a leaf");
    let chain = std::iter::once(leaf.der().clone()).chain(behind.iter().map(|issuer| issuer.der().clone()));
    Shown { chain: chain.collect(), key: private(&key) }
}

/// The private half, as a server needs it.
pub fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).expect("a key")
}
