//! The server's keys: TLS root and leaf, the root and spare that sign `/config`, the key that signs receipts. They lie in
//! one file beside the database; next to it the trust file an app ships. Not its job: to rotate them.
//!
//! Invariants: the key file is 0600 and appears whole or not at all; keys of a database are never made twice.

use std::fs;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePublicKey as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};

use crate::error::ServerError;
use crate::random;

/// What the key file holds: PEM for TLS, 32 bytes in base64url for signing keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    tls_root: String,
    tls_leaf: String,
    tls_leaf_key: String,
    root: String,
    spare: String,
    receipt: String,
}

/// The keys of one database, loaded.
#[derive(Clone)]
pub(crate) struct Keys {
    /// PEM of the TLS root.
    tls_root: String,
    /// Ready for the listener.
    pub(crate) tls: Arc<rustls::ServerConfig>,
    /// Signs the configuration.
    pub(crate) root: SigningKey,
    /// May sign the configuration once the root is lost.
    spare: SigningKey,
    /// Signs receipts.
    pub(crate) receipt: SigningKey,
}

/// Where the key file of a database lies.
pub(crate) fn key_path(db: &Path) -> PathBuf {
    db.with_extension("keys.json")
}

/// Where the trust file of a database lies.
pub(crate) fn trust_path(db: &Path) -> PathBuf {
    db.with_extension("trust.pem")
}

impl Keys {
    /// Loads the keys that lie beside `db`, or makes them where there are none.
    pub(crate) fn load_or_create(db: &Path) -> Result<Self, ServerError> {
        let path = key_path(db);
        let file = match fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|_| ServerError::KeysDamaged { path: path.clone() })?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let file = KeyFile::make()?;
                let bytes = serde_json::to_vec_pretty(&file).map_err(|_| ServerError::Random)?;
                write_whole(&path, &bytes, 0o600)
                    .map_err(|source| ServerError::Keys { path: path.clone(), source })?;
                file
            }
            Err(source) => return Err(ServerError::Keys { path, source }),
        };
        Self::from_file(&file).ok_or(ServerError::KeysDamaged { path })
    }

    fn from_file(file: &KeyFile) -> Option<Self> {
        Some(Self {
            tls: Arc::new(listener_config(&file.tls_leaf, &file.tls_leaf_key)?),
            tls_root: file.tls_root.clone(),
            root: signing_key(&file.root)?,
            spare: signing_key(&file.spare)?,
            receipt: signing_key(&file.receipt)?,
        })
    }

    /// Keys that lie nowhere.
    pub(crate) fn new() -> Result<Self, ServerError> {
        Self::from_file(&KeyFile::make()?).ok_or(ServerError::Damaged { what: "keys" })
    }

    /// The trust file: TLS root, then the keys that sign the configuration.
    pub(crate) fn trust(&self) -> Result<String, ServerError> {
        let mut text = self.tls_root.clone();
        for key in [&self.root, &self.spare] {
            let pem =
                key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|_| ServerError::Random)?;
            text.push_str(&pem);
        }
        Ok(text)
    }

    /// Writes the trust file.
    pub(crate) fn write_trust(&self, path: &Path) -> Result<(), ServerError> {
        write_whole(path, self.trust()?.as_bytes(), 0o644)
            .map_err(|source| ServerError::Keys { path: path.to_owned(), source })
    }
}

impl KeyFile {
    fn make() -> Result<Self, ServerError> {
        let (tls_root, tls_leaf, tls_leaf_key) = certificates().map_err(ServerError::Certificate)?;
        let key = || Ok::<_, ServerError>(Base64UrlUnpadded::encode_string(&random::bytes::<32>()?));
        Ok(Self { tls_root, tls_leaf, tls_leaf_key, root: key()?, spare: key()?, receipt: key()? })
    }
}

/// A root, and a leaf for this machine under it. The span is wide, so that only a really wrong clock leaves it.
fn certificates() -> Result<(String, String, String), rcgen::Error> {
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    root.distinguished_name = name("APOA reference server root");
    root.not_before = date_time_ymd(2024, 1, 1);
    root.not_after = date_time_ymd(2054, 1, 1);
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;

    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()])?;
    for address in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        leaf.subject_alt_names.push(SanType::IpAddress(address));
    }
    leaf.distinguished_name = name("APOA reference server");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    leaf.not_before = date_time_ymd(2024, 1, 1);
    leaf.not_after = date_time_ymd(2054, 1, 1);
    let key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&key, &root)?;
    Ok((root.pem(), leaf.pem(), key.serialize_pem()))
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

fn signing_key(text: &str) -> Option<SigningKey> {
    let bytes = Base64UrlUnpadded::decode_vec(text).ok()?;
    Some(SigningKey::from_bytes(bytes.as_slice().try_into().ok()?))
}

/// TLS 1.2 and 1.3 by ring, HTTP/1.1 alone; needs no provider of the process.
fn listener_config(leaf: &str, key: &str) -> Option<rustls::ServerConfig> {
    let leaf = CertificateDer::from_pem_slice(leaf.as_bytes()).ok()?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).ok()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_no_client_auth()
        .with_single_cert(vec![leaf], key)
        .ok()?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Some(config)
}

/// Writes beside the target, syncs, renames: a reader sees the old file or the whole new one.
fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&draft, path)
}
