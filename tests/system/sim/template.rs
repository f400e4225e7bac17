//! What every simulation begins with: a server that knows five phones, each with a member signed in and nothing to send.

use std::path::Path;
use std::sync::Arc;

use apoa_core::Trigger;
use apoa_server::Local;
use apoa_tests::files::{copy, in_memory};
use apoa_tests::phone::PASSWORD;
use apoa_tests::vault::MemoryVault;
use tempfile::TempDir;

use super::net::Net;
use super::phone::{Ended, Phone, Words};
use super::time::Time;

/// Phones of the largest simulation.
const PHONES: usize = 5;

/// The beginning of every simulation.
pub(crate) struct Template {
    pub(crate) server: Local,
    pub(crate) phones: Vec<TemplatePhone>,
    folder: TempDir,
}

/// A phone somebody signed in on.
pub(crate) struct TemplatePhone {
    pub(crate) vault: MemoryVault,
}

impl Template {
    pub(crate) fn new() -> Self {
        let time = Time::default();
        let server = Local::new(PASSWORD, Vec::new(), time.server_clock(), |_| {}).expect("a server");
        let net = Arc::new(Net::new(&server, time.clone(), 0));
        let folder = in_memory();
        let mut phones = Vec::new();
        for number in 0..PHONES {
            let vault = MemoryVault::default();
            let at = folder.path().join(number.to_string());
            let phone = Phone::new(number, at, vault.clone(), &net, Words::Ours { batch_most: 50 }, 1);
            phone.sign_in().expect("a sign-in");
            assert!(matches!(phone.sync(Trigger::Person, 60, None, true), Ended::Well(_)));
            phone.client().suspend().expect("files closed");
            phone.close();
            phones.push(TemplatePhone { vault });
        }
        let server = net.server.fork(time.server_clock(), |_| {}).expect("a server");
        Self { server, phones, folder }
    }

    /// The files of a phone.
    pub(crate) fn copy_phone(&self, number: usize, to: &Path) {
        copy(&self.folder.path().join(number.to_string()), to);
    }
}
