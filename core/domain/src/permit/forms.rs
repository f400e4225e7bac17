//! Texts that name or order the holder's data: labelled lines and delimited columns (`json` has the third form).
//! Which labels and columns mean what is configuration; what is not configured is never guessed.

use std::collections::BTreeSet;

use super::holder::{Fault, Gathered, Holder};
use super::patterns::{Label, Patterns};
use super::text::lines;
use super::{Note, normal_number};
use crate::fields::{Field, Shape};

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
    for line in lines(text).filter(|line| !line.trim().is_empty()) {
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
