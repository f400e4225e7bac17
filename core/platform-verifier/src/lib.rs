//! Stands in for the crate of this name, by which reqwest would ask the phone's own trust store.
//!
//! The core believes the roots of its trust file alone (`docs/adr/0007`) and hands reqwest a finished TLS configuration, but
//! reqwest compiles the way to that store whether it is taken or not, and with it Java's native interface on Android. Here
//! that way ends: a client which asks for the store is not built, and since no [`Verifier`] can exist, the compiler proves
//! that no handshake is judged by one.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// There is none.
#[derive(Debug)]
pub enum Verifier {}

impl Verifier {
    /// Refuses.
    ///
    /// # Errors
    /// Always.
    pub fn new(_: Arc<CryptoProvider>) -> Result<Self, Error> {
        Err(Error::General("the system's trust store is not used".to_owned()))
    }

    /// Refuses.
    ///
    /// # Errors
    /// Always.
    pub fn new_with_extra_roots(
        _: impl IntoIterator<Item = CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        Self::new(provider)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match *self {}
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match *self {}
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match *self {}
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match *self {}
    }
}
