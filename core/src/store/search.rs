//! Finding a report: by document number over the blind index, by name or room by opening summaries. Nothing is stored
//! that would answer without the key.

use apoa_domain::ids::{ReportId, Timestamp};
use apoa_domain::permit::normal_number;
use rusqlite::OptionalExtension as _;

use super::rows::{ROW, ReportRow, SealedRow, Summary};
use super::unit::UnitStore;
use crate::error::Error;

/// Rows opened in one go: a page of memory, not the whole file.
const CHUNK: usize = 1000;

impl UnitStore {
    /// Reports of this document, or of people whose name or room holds every word of the text; newest first.
    pub(crate) fn search(
        &self,
        text: &str,
        limit: usize,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportRow>, Error> {
        let by_document = match normal_number(text) {
            Some(number) => self.by_document(&number, limit, after)?,
            None => Vec::new(),
        };
        // A number that is nobody's may still be a name or a room.
        if by_document.is_empty() { self.by_words(text, limit, after) } else { Ok(by_document) }
    }

    /// Reports of which the log tells something since then, newest first.
    pub(crate) fn touched_since(&self, since: Timestamp) -> Result<Vec<ReportRow>, Error> {
        let rows = self.database.read(|tx| {
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {ROW} FROM report WHERE id IN (SELECT report_id FROM event WHERE at_ms >= ?1) \
                 AND work <> 1 ORDER BY seq DESC"
            ))?;
            let rows = statement.query_map([since.0], SealedRow::read)?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })?;
        self.show_all(&rows)
    }

    fn by_document(
        &self,
        number: &str,
        limit: usize,
        after: Option<ReportId>,
    ) -> Result<Vec<ReportRow>, Error> {
        let ring = self.ring()?;
        let from = self.place_after(after)?;
        let mut rows = Vec::new();
        for keys in ring.known() {
            let mac = keys.index.document(number);
            let found = self.database.read(|tx| {
                let mut statement = tx.prepare_cached(&format!(
                    "SELECT {ROW}, seq FROM report WHERE doc_mac = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
                ))?;
                let rows = statement.query_map((mac, from, limit as i64), |row| {
                    Ok((row.get::<_, i64>("seq")?, SealedRow::read(row)?))
                })?;
                Ok(rows.collect::<Result<Vec<_>, _>>()?)
            })?;
            rows.extend(found);
        }
        rows.sort_by_key(|(seq, _)| core::cmp::Reverse(*seq));
        rows.truncate(limit);
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        self.show_all(&rows)
    }

    fn by_words(&self, text: &str, limit: usize, after: Option<ReportId>) -> Result<Vec<ReportRow>, Error> {
        let words: Vec<String> = text.split_whitespace().map(str::to_uppercase).collect();
        let mut found = Vec::new();
        if words.is_empty() {
            return Ok(found);
        }
        let (ring, owner) = (self.ring()?, *self.unit.as_bytes());
        let mut from = self.place_after(after)?;
        loop {
            let rows = self.database.read(|tx| {
                let mut statement = tx.prepare_cached(&format!(
                    "SELECT {ROW}, seq FROM report WHERE seq < ?1 ORDER BY seq DESC LIMIT {CHUNK}"
                ))?;
                let rows = statement
                    .query_map([from], |row| Ok((row.get::<_, i64>("seq")?, SealedRow::read(row)?)))?;
                Ok(rows.collect::<Result<Vec<_>, _>>()?)
            })?;
            let Some((last, _)) = rows.last() else { return Ok(found) };
            from = *last;
            for (_, row) in &rows {
                // What does not open holds no name that could be found.
                let Ok(summary) = row.summary(owner, &ring) else { continue };
                if holds(&summary, &words) {
                    found.push(row.show(Some(summary))?);
                    if found.len() == limit {
                        return Ok(found);
                    }
                }
            }
        }
    }

    fn place_after(&self, after: Option<ReportId>) -> Result<i64, Error> {
        let Some(after) = after else { return Ok(i64::MAX) };
        self.database.read(|tx| {
            let seq = tx
                .query_row("SELECT seq FROM report WHERE id = ?1", [after.as_bytes()], |row| row.get(0))
                .optional()?;
            Ok(seq.unwrap_or(0))
        })
    }
}

/// Whether each word begins a part of the name, or is the room.
fn holds(summary: &Summary, words: &[String]) -> bool {
    let upper = |fact: &Option<apoa_domain::private::Private<String>>| {
        fact.as_ref().map(|fact| zeroize::Zeroizing::new(fact.reveal().to_uppercase()))
    };
    let (name, room) = (upper(&summary.full_name), upper(&summary.room));
    words.iter().all(|word| {
        let in_name = name.as_ref().is_some_and(|name| {
            name.split(|c: char| c.is_whitespace() || c == '-').any(|part| part.starts_with(word.as_str()))
        });
        in_name || room.as_ref().is_some_and(|room| room.as_str() == word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(words: &str) -> bool {
        let summary = Summary {
            full_name: Some("Eriksson Anna-Maria".into()),
            room: Some("12a".into()),
            ..Summary::default()
        };
        let words: Vec<String> = words.split_whitespace().map(str::to_uppercase).collect();
        holds(&summary, &words)
    }

    #[test]
    fn every_word_begins_a_part_of_the_name_or_is_the_room() {
        for words in ["anna", "eri an", "maria eriksson", "12A", "anna 12a"] {
            assert!(found(words), "{words}");
        }
        for words in ["nna", "anna bertil", "12"] {
            assert!(!found(words), "{words}");
        }
    }
}
