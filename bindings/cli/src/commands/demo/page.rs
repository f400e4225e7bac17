//! The story as one self-contained page: no script, no network, no foreign font. What stands in its slots is escaped
//! here; the words around them are the template's.

use std::path::Path;

use apoa_core::VERSION;
use apoa_core::catalogue::{Catalogue, Language};

use super::camera::Look;
use super::papers::Permit;
use super::stage::{Trouble, duration};
use super::{Story, pictures, tables, timeline};
use crate::mask::Mask;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");

/// Wide enough to read a document on a dense screen, small enough to keep the page light.
const DOCUMENT: u32 = 840;
/// The frame that is shown large.
const LARGE: u32 = 1120;
/// A frame of the strip.
const SMALL: u32 = 320;

/// What the page is made from.
pub(super) struct Telling<'a> {
    pub(super) story: &'a Story,
    pub(super) english: Catalogue,
    pub(super) indonesian: Catalogue,
    /// The specimen may be shown whole; what somebody brought is masked as everywhere.
    pub(super) mask: Mask,
    pub(super) own: bool,
}

/// Writes the page.
pub(super) fn write(folder: &Path, file: &Path, story: &Story, mask: Mask) -> Result<(), Trouble> {
    let own = matches!(story.papers.permit, Permit::Own(_));
    let telling = Telling {
        story,
        english: Catalogue::new(Language::English),
        indonesian: Catalogue::new(Language::Indonesian),
        mask: if own { mask } else { Mask::Off },
        own,
    };
    std::fs::write(file, fill(TEMPLATE, |slot| telling.slot(slot, folder))?)?;
    Ok(())
}

impl Telling<'_> {
    fn slot(&self, slot: &str, folder: &Path) -> Result<String, Trouble> {
        let story = self.story;
        Ok(match slot {
            "css" => STYLE.to_owned(),
            "date" => story.today.to_string(),
            "version" => VERSION.to_owned(),
            "took" => duration(story.marks.last().map_or(0.0, |last| last.at_ms + last.ms)),
            "whose" => self.whose().to_owned(),
            "fact_frame" => self.read_where(),
            "fact_ms" => format!("{:.1} ms, at most {:.1}", story.seen.median_ms(), story.seen.most_ms()),
            "fact_verdict" | "verdict" => escape(&tables::verdict(&self.english, story.comparison.verdict)),
            "verdict_class" => tables::verdict_class(story.comparison.verdict).to_owned(),
            "verdict_note" => self.verdict_note(),
            "documents" => self.documents().to_owned(),
            "permit" => self.permit()?,
            "permit_caption" => self.permit_caption().to_owned(),
            "passport" => {
                let picture = pictures::drawn(&story.papers.passport.image)?;
                pictures::figure(&picture, DOCUMENT, "Specimen passport page with machine-readable lines")?
            }
            "camera" => self.camera(),
            "strip" => self.strip()?,
            "first" => self.first()?,
            "first_caption" => self.first_caption(),
            "reading" => escape(&self.word(&format!("reading-{}", story.seen.reading.word()))),
            "confidence" => story.seen.reading.confidence().as_str().to_owned(),
            "fields" => tables::fields(self),
            "passport_seen" => self.passport_seen()?,
            "passport_caption" => self.passport_caption(),
            "lines" => tables::lines(&story.passport.found.read.lines),
            "checks" => tables::checks(&story.passport.found.zone),
            "comparison" => tables::comparison(self),
            "timeline" => timeline::of(story),
            "receipt" => tables::receipt(&story.proof),
            "number" => escape(story.passport.found.zone.document_number.reveal()),
            "other" => escape(story.proof.other),
            "doctor" => tables::doctor(self),
            "folder" => escape(&folder.display().to_string()),
            "commands" => self.commands(folder),
            "footer" => self.footer().to_owned(),
            unknown => return Err(Trouble::unmet(format!("the page has something to say of {unknown}"))),
        })
    }

    /// What stands in the English catalogue.
    pub(super) fn word(&self, key: &str) -> String {
        self.english.text(key, &[]).unwrap_or_else(|| key.to_owned())
    }

    fn whose(&self) -> &'static str {
        if self.own {
            "The permit is the picture you gave; passport and guest are the specimen person of ICAO 9303."
        } else {
            "The papers are specimens, drawn for this run, and show the specimen person of ICAO 9303: nobody’s real data."
        }
    }

    fn documents(&self) -> &'static str {
        if self.own {
            "Left the picture you gave, which stays on this machine. Right a specimen passport, drawn for this run; \
             it is another person’s."
        } else {
            "Both are drawn for this run and valid today. The layout is our own, every document is marked SPECIMEN \
             and CONTOH, and no emblem is shown."
        }
    }

    fn permit(&self) -> Result<String, Trouble> {
        match &self.story.papers.permit {
            Permit::Specimen(card) => pictures::figure(
                &pictures::drawn(&card.image)?,
                DOCUMENT,
                "Specimen stay permit with a QR code",
            ),
            Permit::Own(picture) => pictures::figure(picture, DOCUMENT, "The picture you gave"),
        }
    }

    fn permit_caption(&self) -> &'static str {
        if self.own {
            "Your picture."
        } else {
            "The stay permit. Its code holds the holder’s data as labelled lines."
        }
    }

    fn camera(&self) -> String {
        let frames = self.story.frames.pictures.len();
        if self.story.frames.still {
            return "One picture, one look: every way of reading is tried.".to_owned();
        }
        format!(
            "A hand brings the card near: {frames} frames, 33 ms apart, far and blurred at first, then steady. Each \
             frame may take at most 33 ms, as from a live camera. Nothing is guessed: the payload counts only once \
             it has proved itself."
        )
    }

    fn strip(&self) -> Result<String, Trouble> {
        let looks = self.story.frames.pictures.iter().zip(&self.story.seen.looks);
        let item = |(nth, (picture, look)): (usize, (&_, &Look))| {
            let (nth, (class, word)) = (nth + 1, tables::state(look.state));
            let frame = pictures::frame(picture, look, SMALL, &format!("Frame {nth}: {word}"))?;
            Ok(format!("<li class=\"{class}\">{frame}{nth} · {word}<br>{:.1} ms</li>\n", look.ms))
        };
        looks.enumerate().map(item).collect()
    }

    fn first(&self) -> Result<String, Trouble> {
        let nth = self.story.seen.first;
        let shown = self.story.frames.pictures.get(nth).zip(self.story.seen.looks.get(nth));
        let (picture, look) = shown.ok_or_else(|| Trouble::unmet("the frame that was read is there"))?;
        pictures::frame(picture, look, LARGE, "The first frame that was read, with the code’s outline")
    }

    fn first_caption(&self) -> String {
        let symbol = &self.story.seen.symbol;
        format!(
            "Frame {}: a code of version {} with {:.1} pixels a module, read by the decoder “{}”. The dot marks the \
             code’s own top left, however the card is held.",
            self.story.seen.first + 1,
            symbol.version,
            symbol.px_per_module,
            escape(symbol.decoder)
        )
    }

    fn passport_seen(&self) -> Result<String, Trouble> {
        let passport = &self.story.passport;
        let alt = "The picture of the passport page, with the outline of its lines";
        pictures::frame(&passport.picture, &passport.look, LARGE, alt)
    }

    fn passport_caption(&self) -> String {
        let passport = &self.story.passport;
        format!(
            "Picture {}: {:.1} pixels a character, read in {:.0} ms. The dot marks the first character.",
            passport.taken, passport.found.read.px_per_char, passport.look.ms
        )
    }

    fn read_where(&self) -> String {
        let (first, all) = (self.story.seen.first, self.story.seen.looks.len());
        if self.story.frames.still {
            return "from one picture".to_owned();
        }
        format!("frame {} of {all}, after {} ms", first + 1, first as i64 * super::camera::FRAME_MS)
    }

    fn verdict_note(&self) -> String {
        let reason = self
            .story
            .comparison
            .reason
            .map(|reason| format!("{}. ", escape(&self.word(&format!("reason-{}", reason.as_str())))));
        let own = if self.own { "It is your permit beside the specimen’s passport. " } else { "" };
        format!(
            "{}{own}A verdict informs; it never blocks a report, and it travels with it.",
            reason.unwrap_or_default()
        )
    }

    fn commands(&self, folder: &Path) -> String {
        let folder = folder.display();
        escape(&format!(
            "apoa office reports --db {folder}/server/office.db\n\
             apoa report list --data {folder}/data\n\
             apoa scan --sequence --annotate look {folder}/frames\n\
             apoa receipt verify {folder}/receipt.pdf --data {folder}/data\n\
             apoa receipt show {} --data {folder}/data",
            self.story.filed.report
        ))
    }

    fn footer(&self) -> &'static str {
        if self.own {
            "Keep this page to yourself: it holds your picture."
        } else {
            "Everything on this page is specimen data and may be shown to anybody."
        }
    }
}

/// Puts each slot's text in its place. What a slot brings is never looked at again, whatever it holds.
fn fill(template: &str, slot: impl Fn(&str) -> Result<String, Trouble>) -> Result<String, Trouble> {
    let mut pieces = template.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").ok_or_else(|| Trouble::unmet("a slot of the page ends"))?;
        page.push_str(&slot(name)?);
        page.push_str(rest);
    }
    Ok(page)
}

/// Text as HTML shows it, also inside an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_once_and_what_they_bring_is_text() {
        let page = fill("a {{x}} b {{y}}", |slot| Ok(if slot == "x" { "{{y}}" } else { "2" }.to_owned()));
        assert_eq!(page.unwrap(), "a {{y}} b 2");
        assert!(fill("{{x", |_| Ok(String::new())).is_err());
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escape(r#"<a href="x">'&"#), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
