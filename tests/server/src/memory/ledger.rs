//! The log, installations and one-time secrets, in memory.

use uuid::Uuid;

use super::{Open, find, in_order};
use crate::error::ServerError;
use crate::model::{Deed, Device, Family, Secret};
use crate::storage::Ledger;

impl Ledger for Open<'_> {
    fn note(&mut self, deed: &Deed) -> Result<(), ServerError> {
        self.put(|state| &mut state.deeds, self.state.arrivals, deed.clone());
        Ok(())
    }

    fn deeds(&mut self) -> Result<Vec<Deed>, ServerError> {
        Ok(in_order(self.state.deeds.iter()).into_iter().cloned().collect())
    }

    fn device(&mut self, unit: Uuid, id: Uuid) -> Result<Option<Device>, ServerError> {
        Ok(find(&self.state.devices, &(unit, id)))
    }

    fn put_device(&mut self, device: &Device) -> Result<(), ServerError> {
        let first_ms = self.device(device.unit, device.id)?.map_or(device.first_ms, |known| known.first_ms);
        self.put(|state| &mut state.devices, (device.unit, device.id), Device { first_ms, ..device.clone() });
        Ok(())
    }

    fn devices(&mut self, unit: Uuid) -> Result<Vec<Device>, ServerError> {
        let of = self.state.devices.iter().filter(|((owner, _), _)| *owner == unit);
        Ok(in_order(of).into_iter().cloned().collect())
    }

    fn is_revoked(&mut self, device: Uuid) -> Result<bool, ServerError> {
        let mut devices = self.state.devices.values().map(|(_, device)| device);
        Ok(devices.any(|known| known.id == device && known.revoked_ms.is_some()))
    }

    fn end_families_of(&mut self, device: Uuid) -> Result<(), ServerError> {
        let families = self.state.families.values().map(|(_, family)| family);
        let ended: Vec<Family> = families
            .filter(|family| family.device == Some(device))
            .map(|family| Family { revoked: true, ..family.clone() })
            .collect();
        for family in ended {
            self.put(|state| &mut state.families, family.id, family);
        }
        Ok(())
    }

    fn secret(&mut self, hash: &str) -> Result<Option<Secret>, ServerError> {
        Ok(find(&self.state.secrets, &hash.to_owned()))
    }

    fn put_secret(&mut self, hash: &str, secret: &Secret) -> Result<(), ServerError> {
        self.put(|state| &mut state.secrets, hash.to_owned(), secret.clone());
        Ok(())
    }

    fn email(&mut self, account: Uuid) -> Result<Option<String>, ServerError> {
        Ok(find(&self.state.emails, &account))
    }

    fn set_email(&mut self, account: Uuid, address: &str) -> Result<(), ServerError> {
        self.put(|state| &mut state.emails, account, address.to_owned());
        Ok(())
    }
}
