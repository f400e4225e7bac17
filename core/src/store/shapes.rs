//! Redacted forms of codes that nobody knew, and how often each was seen.

use super::device::DeviceStore;
use crate::error::Error;

/// So many forms teach enough; a hostile pile of codes fills no disk.
const MOST_SHAPES: u32 = 200;

/// A longer form is no code that anybody prints.
const LONGEST_SHAPE: usize = 200;

/// A form that codes had which nobody knew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownShape {
    /// `9A99AA9999-A`; of an office's address the host and the path's form. No personal data.
    pub shape: String,
    /// How often it was seen.
    pub seen: u32,
}

impl DeviceStore {
    /// Counts a form. One too many, or too long, is not kept.
    pub(crate) fn count_shape(&self, shape: &str) -> Result<(), Error> {
        if shape.len() > LONGEST_SHAPE {
            return Ok(());
        }
        self.database.write("commit.shape", |tx| {
            tx.execute(
                "INSERT INTO unknown_shape(shape, seen) SELECT ?1, 1 \
                 WHERE (SELECT count(*) FROM unknown_shape) < ?2 \
                 OR EXISTS(SELECT 1 FROM unknown_shape WHERE shape = ?1) \
                 ON CONFLICT(shape) DO UPDATE SET seen = seen + 1",
                (shape, MOST_SHAPES),
            )?;
            Ok(())
        })
    }

    /// The forms, the most frequent first.
    pub(crate) fn unknown_shapes(&self) -> Result<Vec<UnknownShape>, Error> {
        self.database.read(|tx| {
            let mut statement =
                tx.prepare("SELECT shape, seen FROM unknown_shape ORDER BY seen DESC, shape")?;
            let rows =
                statement.query_map([], |row| Ok(UnknownShape { shape: row.get(0)?, seen: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
