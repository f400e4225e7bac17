//! What was read from a file and still holds. One process has the file, and whatever it writes goes through one
//! connection: as long as nothing was written, what was read is what is there.

use std::sync::{Mutex, PoisonError};

use super::connection::Database;
use crate::error::Error;

/// A value of a file about something, kept in memory until the file changes or another one is asked for.
pub(super) struct Remembered<T, About = ()>(Mutex<Option<(u64, About, T)>>);

impl<T, About> Default for Remembered<T, About> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone, About: PartialEq> Remembered<T, About> {
    /// The value, read only where it is not known.
    pub(super) fn get(
        &self,
        database: &Database,
        about: About,
        read: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        // Taken before reading: after a write in between the value counts as older than it is, never as newer.
        let state = database.state();
        if let Some((of, whom, value)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && (*of, whom) == (state, &about)
        {
            return Ok(value.clone());
        }
        let value = read()?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((state, about, value.clone()));
        Ok(value)
    }

    /// Takes it out of memory.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
