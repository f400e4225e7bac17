//! Finding a report: by document number over the blind index, by name or room by opening summaries. Nothing is stored
//! that would answer without the key.

use apoa_domain::ids::{ReportId, Timestamp};
use apoa_domain::permit::normal_number;
use apoa_domain::report::summary::Summary;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::keyring::KeyRing;
use super::rows::{ROW, ReportRow, SUMMARY, SUMMARY_COLUMNS, SealedRow, open_summary};
use super::unit::UnitStore;
use crate::error::Error;

/// Rows opened in one go, so that other readers hardly wait.
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
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let ring = self.ring()?;
        let mut from = Some(self.place_after(after)?);
        let mut opened = Zeroizing::default();
        while let Some(next) = from
            && found.len() < limit
        {
            from = self.named_below(next, &ring, &words, &mut opened, &mut found)?;
        }
        found.truncate(limit);
        self.show_all(&found)
    }

    /// Looks through the next rows below a number, opening nothing of them but their summaries, each in the same memory.
    /// Returns where to go on.
    fn named_below(
        &self,
        from: i64,
        ring: &KeyRing,
        words: &[String],
        opened: &mut Zeroizing<Vec<u8>>,
        found: &mut Vec<SealedRow>,
    ) -> Result<Option<i64>, Error> {
        self.database.read(|tx| {
            let mut whole = tx.prepare_cached(&format!("SELECT {ROW} FROM report WHERE seq = ?1"))?;
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {SUMMARY}, seq FROM report WHERE seq < ?1 ORDER BY seq DESC LIMIT {CHUNK}"
            ))?;
            let mut rows = statement.query([from])?;
            let mut last = None;
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get(SUMMARY_COLUMNS)?;
                last = Some(seq);
                // What does not open holds no name that could be found.
                let Ok(summary) = open_summary(row, *self.unit.as_bytes(), ring, opened) else { continue };
                if names(summary, words) {
                    found.push(whole.query_row([seq], SealedRow::read)?);
                }
            }
            Ok(last)
        })
    }
}

/// Whether a summary holds the words.
fn names(summary: &[u8], words: &[String]) -> bool {
    /// Names without a character that JSON escapes: nearly all, and nothing is copied for them.
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Names<'a> {
        full_name: Option<&'a str>,
        room: Option<&'a str>,
    }
    if let Ok(names) = serde_json::from_slice::<Names<'_>>(summary) {
        return holds(names.full_name, names.room, words);
    }
    let Ok(summary) = serde_json::from_slice::<Summary>(summary) else { return false };
    let [name, room] =
        [&summary.full_name, &summary.room].map(|fact| fact.as_ref().map(|fact| fact.reveal().as_str()));
    holds(name, room, words)
}

/// Whether each word begins a part of the name, or is the room. The words are in capitals.
fn holds(name: Option<&str>, room: Option<&str>, words: &[String]) -> bool {
    let upper = |fact: Option<&str>| fact.map(|fact| Zeroizing::new(fact.to_uppercase()));
    let (name, room) = (upper(name), upper(room));
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

    fn found_in(name: &str, words: &str) -> bool {
        let summary =
            Summary { full_name: Some(name.into()), room: Some("12a".into()), ..Summary::default() };
        let words: Vec<String> = words.split_whitespace().map(str::to_uppercase).collect();
        names(summary.to_json().as_bytes(), &words)
    }

    fn found(words: &str) -> bool {
        found_in("Eriksson Anna-Maria", words)
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

    #[test]
    fn a_name_that_json_escapes_or_that_is_not_ascii_is_found_too() {
        assert!(found_in("Anna \"Mia\" Eriksson", "\"mia\" 12a"));
        assert!(found_in("Åsa Łukasz", "åsa łuk"));
    }
}
