//! `apoa read`: what a payload says. Nothing is opened; only `--lookup` asks, and only our own server.

use apoa_core::codes::Code;
use apoa_core::fields::Field;
use apoa_core::permit::{Danger, ForeignKind, Patterns, Reading, Said};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Ended;
use crate::args::Global;
use crate::exit::Exit;
use crate::lookup::{self, Answer};
use crate::mask::Mask;
use crate::output::{BAD, BOLD, DIM, GOOD, Line, Output, WARN, table};
use crate::session::{self, Reach};
use crate::sources::{read_bytes, zone_facts, zone_in};
use crate::values;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The payload; `-` reads bytes from standard input.
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    payload: String,
    /// Ask the server for the record behind the code; needs a sign-in.
    #[arg(long)]
    lookup: bool,
    /// If nobody knows the code: remember its form, never its text, so that the next pattern can be written.
    #[arg(long)]
    remember: bool,
}

/// The result: every field is there, unknown facts are `null`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ReadLine {
    reading: &'static str,
    issuer: Option<String>,
    key_kind: Option<&'static str>,
    key: Option<String>,
    permit_number: Option<String>,
    register_number: Option<String>,
    visa_number: Option<String>,
    niora: Option<String>,
    passport_number: Option<String>,
    issuing_state: Option<String>,
    passport_expiry: Option<String>,
    full_name: Option<String>,
    sex: Option<String>,
    nationality: Option<String>,
    birth_date: Option<String>,
    birth_place: Option<String>,
    permit_kind: Option<String>,
    permit_index: Option<String>,
    /// Its title, if the patterns name one.
    permit_index_title: Option<String>,
    permit_expiry: Option<String>,
    kind: Option<String>,
    confidence: &'static str,
    reason: Option<&'static str>,
    notes: Vec<&'static str>,
    /// What came of `--lookup`.
    lookup: Option<&'static str>,
    /// The record's facts by field code.
    record: Option<Map<String, Value>>,
    /// The code of what keeps the record away.
    problem: Option<String>,
    #[serde(skip)]
    exit: Option<Exit>,
    /// What a person should know and do about it.
    #[serde(skip)]
    advice: Option<Advice>,
    #[serde(skip)]
    answer: Option<Answer>,
}

/// A code of the catalogue, and what fills its text.
type Advice = (Code, Vec<(&'static str, String)>);

pub(crate) fn run(args: &Args, global: &Global, out: &Output) -> Ended {
    let payload = if args.payload == "-" { read_bytes("-")? } else { args.payload.clone().into_bytes() };
    let client = args.lookup.then(|| session::open(global, Reach::Server)).transpose()?;
    let patterns = match &client {
        Some(client) => session::patterns_of(client, global, out)?,
        None => session::patterns(global, out)?,
    };
    let reading = apoa_core::permit::read(&payload, &patterns);
    let answer = client.map(|client| lookup::ask(&client, reading.lookup_key())).transpose()?;
    let mut line = ReadLine::of(&reading, &patterns, out.mask);
    line.lookup = answer.as_ref().map(Answer::as_str);
    line.record = answer.as_ref().and_then(|answer| answer.facts(out.mask));
    line.problem = answer.as_ref().and_then(Answer::problem).map(|code| code.to_string());
    let asked = answer.as_ref().map_or(Exit::Done, Answer::exit);
    line.answer = answer;
    out.line(&line);
    if args.remember && session::open(global, Reach::Local)?.remember_unknown(&reading)? {
        out.note(&out.word("cli-remembered", &[]));
    }
    Ok(exit(&reading).worse(asked))
}

/// What a reading is worth to a script.
pub(crate) fn exit(reading: &Reading) -> Exit {
    match &reading.said {
        Said::IssuerLink { .. }
        | Said::Number { .. }
        | Said::HolderFields(_)
        | Said::Mrz { .. }
        | Said::OpaqueToken(_) => Exit::Done,
        Said::NotPermit { kind: ForeignKind::Empty } => Exit::Nothing,
        Said::DigitalSeal { .. }
        | Said::OtherOfficial { .. }
        | Said::Suspicious { .. }
        | Said::NotPermit { .. }
        | Said::Unknown { .. } => Exit::Refused,
    }
}

/// Why a payload is not to be used as a permit.
fn advice(reading: &Reading) -> Option<Advice> {
    let plain = |code| Some((code, Vec::new()));
    match &reading.said {
        Said::IssuerLink { .. }
        | Said::Number { .. }
        | Said::HolderFields(_)
        | Said::Mrz { .. }
        | Said::OpaqueToken(_) => None,
        Said::Suspicious { reason: Danger::Hidden } => plain(Code::HiddenCharacters),
        Said::Suspicious { .. } => plain(Code::UnknownAddress),
        Said::DigitalSeal { .. } => plain(Code::DigitalSeal),
        Said::Unknown { .. } => plain(Code::UnknownCode),
        Said::OtherOfficial { kind } => Some((Code::OtherOfficial, vec![("document", kind.clone())])),
        Said::NotPermit { kind } => Some((Code::NotPermit, vec![("kind", kind.as_str().to_owned())])),
    }
}

impl ReadLine {
    fn of(reading: &Reading, patterns: &Patterns, mask: Mask) -> Self {
        let mut line = Self {
            reading: reading.word(),
            issuer: reading.issuer().map(str::to_owned),
            key_kind: reading.key().map(|(kind, _)| kind.as_str()),
            key: reading.key().map(|(_, key)| mask.text(key)),
            kind: reading.kind().map(str::to_owned),
            confidence: reading.confidence().as_str(),
            reason: reading.reason().map(Danger::as_str),
            notes: reading.notes.iter().map(|note| note.as_str()).collect(),
            exit: Some(exit(reading)),
            advice: advice(reading),
            ..Self::default()
        };
        // The facts of a zone are the passport's, and as good as labelled ones.
        if let Some(zone) = zone_in(reading, session::today()) {
            for (field, value) in zone_facts(&zone) {
                line.put(field, &value, mask);
            }
        }
        for (field, value) in reading.fields().iter() {
            line.put(field, value, mask);
        }
        let title = line.permit_index.as_deref().and_then(|index| patterns.index_title(index));
        line.permit_index_title = title.map(str::to_owned);
        line
    }

    /// The index as printed, with its title.
    fn shown_index(&self) -> Option<String> {
        let index = self.permit_index.clone()?;
        Some(self.permit_index_title.as_ref().map_or(index.clone(), |title| format!("{index} ({title})")))
    }

    fn put(&mut self, field: Field, value: &str, mask: Mask) {
        let place = match field {
            Field::PermitNumber => &mut self.permit_number,
            Field::RegisterNumber => &mut self.register_number,
            Field::VisaNumber => &mut self.visa_number,
            Field::Niora => &mut self.niora,
            Field::PassportNumber => &mut self.passport_number,
            Field::IssuingState => &mut self.issuing_state,
            Field::PassportExpiry => &mut self.passport_expiry,
            Field::FullName => &mut self.full_name,
            Field::Sex => &mut self.sex,
            Field::Nationality => &mut self.nationality,
            Field::BirthDate => &mut self.birth_date,
            Field::BirthPlace => &mut self.birth_place,
            Field::PermitKind => &mut self.permit_kind,
            Field::PermitIndex => &mut self.permit_index,
            Field::PermitExpiry => &mut self.permit_expiry,
            _ => return,
        };
        *place = Some(mask.field(field, value));
    }
}

/// What is wrong with an address, in words.
fn danger(reason: &str, out: &Output) -> String {
    out.known_word(&format!("cli-danger-{reason}")).unwrap_or_else(|| reason.to_owned())
}

impl Line for ReadLine {
    fn text(&self, out: &Output) -> String {
        let style = match self.exit {
            Some(Exit::Done) => GOOD,
            _ if self.reading == "suspicious" => BAD,
            _ => WARN,
        };
        let heading = out.word(&format!("reading-{}", self.reading), &[]);
        let said = |field, value: &String| values::said(field, value, out);
        let row = |field: Field, value: &Option<String>| {
            (out.field(field), value.as_ref().map(|value| said(field, value)))
        };
        let rows = [
            (out.word("word-issuer", &[]), self.issuer.clone()),
            (out.word("word-key", &[]), self.key.clone()),
            (out.word("word-kind", &[]), self.kind.clone()),
            (out.word("word-reason", &[]), self.reason.map(|reason| danger(reason, out))),
            row(Field::FullName, &self.full_name),
            row(Field::PassportNumber, &self.passport_number),
            row(Field::IssuingState, &self.issuing_state),
            row(Field::PassportExpiry, &self.passport_expiry),
            row(Field::Nationality, &self.nationality),
            row(Field::BirthDate, &self.birth_date),
            row(Field::BirthPlace, &self.birth_place),
            row(Field::Sex, &self.sex),
            row(Field::PermitNumber, &self.permit_number),
            row(Field::RegisterNumber, &self.register_number),
            row(Field::VisaNumber, &self.visa_number),
            row(Field::Niora, &self.niora),
            row(Field::PermitKind, &self.permit_kind),
            row(Field::PermitIndex, &self.shown_index()),
            row(Field::PermitExpiry, &self.permit_expiry),
            (out.word("word-notes", &[]), (!self.notes.is_empty()).then(|| self.notes.join(", "))),
        ];
        let facts = table(&rows);
        let heading = format!("{style}{BOLD}{heading}{BOLD:#}{style:#}");
        let advice = self.advice.as_ref().map(|(code, args)| {
            let (text, remedy) = out.explain(*code, args);
            format!("  {text} {remedy} {DIM}{code}{DIM:#}")
        });
        let answer = self.answer.as_ref().map(|answer| answer.text(out));
        [Some(heading), (!facts.is_empty()).then_some(facts), advice, answer]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n")
    }
}
