//! The place in reqwest that this crate takes.

#![allow(missing_docs, clippy::unwrap_used)]
#![expect(clippy::disallowed_methods, reason = "what the core never builds is looked at")]

use rustls::ClientConfig;
use rustls::crypto::ring;

fn installed() {
    let _ = ring::default_provider().install_default();
}

#[test]
fn a_client_that_would_believe_the_phones_store_is_not_built() {
    installed();
    assert!(reqwest::Client::builder().build().unwrap_err().is_builder());
}

#[test]
fn a_client_with_its_own_trust_is() {
    installed();
    let tls =
        ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    assert!(reqwest::Client::builder().tls_backend_preconfigured(tls).build().is_ok());
}
