//! Texts that name or order the holder's data: labelled lines, delimited columns, JSON. Which labels, columns and
//! members mean what is configuration; what is not configured is never guessed.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::holder::{Fault, Gathered, Holder};
use super::patterns::{Label, Patterns};
use super::text::is_clean;
use super::{Note, normal_number};
use crate::fields::{Field, Shape};

/// Nested objects and arrays in a JSON payload; real ones are flat.
const MAX_DEPTH: usize = 4;
/// Members of all objects together.
const MAX_MEMBERS: usize = 64;

/// What a text gave that looked like holder data.
pub(crate) enum Form {
    /// Data.
    Holder(Holder, BTreeSet<Note>),
    /// A signed seal of the kind VDS-NC.
    Seal,
    /// It looks like data, but hides something or is too long.
    Fault(Fault),
}

/// `LABEL : value`, one a line. At least one label must be configured; others make the data incomplete.
pub(crate) fn labelled(text: &str, patterns: &Patterns) -> Option<Form> {
    let mut gathered = Gathered::new(patterns);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let named =
            line.split_once([':', '=']).and_then(|(label, value)| Some((patterns.label(label)?, value)));
        match named {
            Some((label, value)) => {
                if let Err(fault) = gathered.put(label, value) {
                    return Some(Form::Fault(fault));
                }
            }
            None => gathered.incomplete(),
        }
    }
    gathered.finish().map(|(holder, notes)| Form::Holder(holder, notes))
}

/// One line of columns in a configured order. Every number must look like one, else the order is not this one.
pub(crate) fn delimited(text: &str, patterns: &Patterns) -> Option<Form> {
    patterns.columns().iter().find_map(|columns| {
        let values: Vec<&str> = text.split(columns.separator).collect();
        let pairs = || columns.order.iter().copied().zip(values.iter().copied());
        let fits =
            values.len() == columns.order.len() && pairs().all(|(field, value)| fits(field, value, patterns));
        if !fits {
            return None;
        }
        let mut gathered = Gathered::new(patterns);
        for (field, value) in pairs() {
            if let Err(fault) = gathered.put(Label::Field(field), value) {
                return Some(Form::Fault(fault));
            }
        }
        gathered.finish().map(|(holder, notes)| Form::Holder(holder, notes))
    })
}

fn fits(field: Field, value: &str, patterns: &Patterns) -> bool {
    let value = value.trim();
    match field.shape() {
        Shape::Number if patterns.has_shape(field) => patterns.knows_number(field, value),
        Shape::Number => value.is_empty() || normal_number(value).is_some(),
        _ => !value.contains(['\n', '\r']),
    }
}

/// A JSON object whose members are configured, perhaps inside objects that hold nothing else.
pub(crate) fn json(text: &str, patterns: &Patterns) -> Option<Form> {
    if !text.starts_with('{') {
        return None;
    }
    let value: Json = serde_json::from_str(text).ok()?;
    let mut members = 0;
    if !within_limits(&value, 1, &mut members) {
        return None;
    }
    let object = value.as_object()?;
    if is_seal(object) {
        return Some(Form::Seal);
    }
    let object = unwrapped(object, patterns);
    let mut gathered = Gathered::new(patterns);
    for (name, value) in object {
        let printed = match value {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            Json::Null => continue,
            Json::Bool(_) | Json::Array(_) | Json::Object(_) => {
                gathered.incomplete();
                continue;
            }
        };
        match patterns.member(name) {
            Some(field) => {
                if let Err(fault) = gathered.put(Label::Field(field), &printed) {
                    return Some(Form::Fault(fault));
                }
            }
            None if is_clean(&printed) => gathered.incomplete(),
            None => return Some(Form::Fault(Fault::Hidden)),
        }
    }
    gathered.finish().map(|(holder, notes)| Form::Holder(holder, notes))
}

/// The innermost object that holds a configured member, following single wrappers such as `{"data":{…}}`.
fn unwrapped<'j>(outer: &'j Map<String, Json>, patterns: &Patterns) -> &'j Map<String, Json> {
    let mut object = outer;
    while !object.keys().any(|name| patterns.member(name).is_some()) {
        let mut inner = object.values().filter_map(Json::as_object);
        match (inner.next(), inner.next()) {
            (Some(only), None) => object = only,
            _ => break,
        }
    }
    object
}

fn within_limits(value: &Json, depth: usize, members: &mut usize) -> bool {
    let mut children: Vec<&Json> = match value {
        Json::Object(map) => map.values().collect(),
        Json::Array(items) => items.iter().collect(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return true,
    };
    *members = members.saturating_add(children.len());
    depth <= MAX_DEPTH
        && *members <= MAX_MEMBERS
        && children.drain(..).all(|child| within_limits(child, depth.saturating_add(1), members))
}

/// ICAO's visible digital seal for non-constrained environments: `data.hdr` names type, version, issuer; `sig` signs.
fn is_seal(object: &Map<String, Json>) -> bool {
    let header = object.get("data").and_then(|data| data.get("hdr"));
    object.contains_key("sig")
        && header.is_some_and(|h| ["t", "v", "is"].iter().all(|name| h.get(name).is_some()))
}
