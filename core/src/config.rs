//! What an app gives at start-up: where data live, which server, whom to trust. Nothing is compiled in, so that a
//! deployment, a pilot and the demo take one path.

use core::fmt;
use std::path::PathBuf;

use apoa_domain::jws::VerifyingKeys;
use url::Url;

/// Settings of one client.
#[derive(Clone, Debug)]
pub struct Config {
    /// Private folder of the app, outside backups. The core writes nowhere else.
    pub data_dir: PathBuf,
    /// Origin of the server, `https` only. `None` takes what the last sign-in remembered.
    pub server: Option<Url>,
    /// Whom to trust. `None` takes what the last sign-in remembered.
    pub trust: Option<Trust>,
    /// Client id of the deployment at its authorization server.
    pub client_id: String,
    /// Name of the platform for the user agent, `linux`.
    pub platform: String,
}

/// The trust file: PEM text with `CERTIFICATE` blocks (roots of TLS) and one or two `PUBLIC KEY` blocks (Ed25519,
/// root and spare that sign the server's config).
#[derive(Clone, PartialEq, Eq)]
pub struct Trust(String);

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trust")
    }
}

/// The text is no trust file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustProblem {
    /// No `CERTIFICATE` block.
    #[error("the trust file holds no certificate")]
    NoCertificate,
    /// No `PUBLIC KEY` block, or more than root and spare.
    #[error("the trust file holds no signing key, or more than two")]
    NoKey,
    /// A block does not decode.
    #[error("a block of the trust file is damaged")]
    Damaged,
}

impl Trust {
    /// Checks the text and takes it.
    pub fn from_pem(pem: &str) -> Result<Self, TrustProblem> {
        let trust = Self(pem.to_owned());
        if trust.blocks("CERTIFICATE").next().is_none() {
            return Err(TrustProblem::NoCertificate);
        }
        if !(1..=2).contains(&trust.blocks("PUBLIC KEY").count()) {
            return Err(TrustProblem::NoKey);
        }
        trust.config_keys()?;
        crate::sync::http::roots(&[&trust.certificates()]).map_err(|_| TrustProblem::Damaged)?;
        Ok(trust)
    }

    /// The text itself, as `device.db` keeps it.
    pub fn as_pem(&self) -> &str {
        &self.0
    }

    /// The keys that sign `/config`.
    pub fn config_keys(&self) -> Result<VerifyingKeys, TrustProblem> {
        let mut keys = VerifyingKeys::default();
        for block in self.blocks("PUBLIC KEY") {
            keys.insert_pem(block).map_err(|_| TrustProblem::Damaged)?;
        }
        Ok(keys)
    }

    /// The roots of TLS, as PEM.
    pub fn certificates(&self) -> String {
        self.blocks("CERTIFICATE").collect::<Vec<_>>().join("\n")
    }

    /// The PEM blocks of one label, markers included.
    fn blocks(&self, label: &str) -> impl Iterator<Item = &str> {
        let begin = format!("-----BEGIN {label}-----");
        let end = format!("-----END {label}-----");
        let mut rest = self.0.as_str();
        core::iter::from_fn(move || {
            let start = rest.find(&begin)?;
            let stop = start + rest[start..].find(&end)? + end.len();
            let block = &rest[start..stop];
            rest = &rest[stop..];
            Some(block)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_certificate_or_key_is_refused() {
        assert_eq!(Trust::from_pem("hello").err(), Some(TrustProblem::NoCertificate));
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(Trust::from_pem(certificate).err(), Some(TrustProblem::NoKey));
        let key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        assert_eq!(Trust::from_pem(&format!("{certificate}{key}")).err(), Some(TrustProblem::Damaged));
    }
}
