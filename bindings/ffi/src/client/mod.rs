//! Reports from both languages.

mod account;
mod lists;
mod permit;
mod queue;
mod report;
mod roster;
mod unit;
mod upkeep;

use std::path::Path;
use std::sync::Arc;

use crate::convert::Config;
use crate::error::SyncError;
use crate::ports::{KeyVault, Observer, with_file_vault, with_vault};

/// Keeps and sends reports; one for each process and data folder.
#[derive(uniffi::Object)]
pub struct ApoaClient(apoa_core::ApoaClient);

#[uniffi::export]
impl ApoaClient {
    /// Blocks; call from a background thread. Opens the data folder or makes it, with the platform's keys.
    #[uniffi::constructor(default(observer = None))]
    pub fn open(
        config: Config,
        vault: Arc<dyn KeyVault>,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Self, SyncError> {
        let ports = with_vault(vault, observer);
        open(config, ports)
    }

    /// Blocks; call from a background thread. The same with keys in files, where a platform has no key store.
    #[uniffi::constructor(default(observer = None))]
    pub fn open_with_file_vault(
        config: Config,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Self, SyncError> {
        let ports = with_file_vault(Path::new(&config.data_dir), observer);
        open(config, ports)
    }
}

fn open(config: Config, ports: apoa_core::Ports) -> Result<ApoaClient, SyncError> {
    Ok(ApoaClient(apoa_core::ApoaClient::open(config.try_into()?, ports)?))
}
