//! JSON objects that state the holder's data, and the JSON form of a signed seal. Which members mean what is
//! configuration. The text is read member by member, because a map would keep one of two members of the same name,
//! and which one differs between readers.

use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::forms::Form;
use super::holder::{Fault, Gathered};
use super::patterns::{Label, Patterns};
use super::text::is_hidden;

/// Nested objects and arrays in a JSON payload; real ones are flat.
const MAX_DEPTH: usize = 4;
/// Members of all objects, and items of all arrays, together.
const MAX_MEMBERS: usize = 64;

/// A value as written. Of numbers only those that can be one of a document: digits without sign, point and exponent.
enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Text(String),
    Digits(u64),
    Null,
    Other,
}

/// Reads an object, perhaps inside objects that hold nothing else; none for any other text.
pub(crate) fn read(text: &str, patterns: &Patterns) -> Option<Form> {
    if !text.starts_with('{') {
        return None;
    }
    let node: Node = serde_json::from_slice(text.as_bytes()).ok()?;
    let mut members = 0;
    if !node.is_within_limits(1, &mut members) {
        return None;
    }
    if node.hides() {
        return Some(Form::Fault(Fault::Hidden));
    }
    if node.is_seal() {
        return Some(Form::Seal);
    }
    let mut gathered = Gathered::new(patterns);
    for (name, value) in node.innermost(patterns, &mut gathered)? {
        let printed = match value {
            Node::Text(text) => text.clone(),
            Node::Digits(digits) => digits.to_string(),
            Node::Null => continue,
            Node::Object(_) | Node::Array(_) | Node::Other => {
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
            None => gathered.incomplete(),
        }
    }
    gathered.finish().map(|(holder, notes)| Form::Holder(holder, notes))
}

impl Node {
    fn object(&self) -> Option<&[(String, Self)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.object()?.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The innermost object that holds a configured member, following the only object among the members
    /// (`{"data":{…}}`). What stands beside it was not understood.
    fn innermost<'n>(
        &'n self,
        patterns: &Patterns,
        gathered: &mut Gathered<'_>,
    ) -> Option<&'n [(String, Self)]> {
        let mut members = self.object()?;
        while !members.iter().any(|(name, _)| patterns.member(name).is_some()) {
            let mut inner = members.iter().filter_map(|(_, value)| value.object());
            let (Some(only), None) = (inner.next(), inner.next()) else { break };
            if members.len() > 1 {
                gathered.incomplete();
            }
            members = only;
        }
        Some(members)
    }

    fn is_within_limits(&self, depth: usize, members: &mut usize) -> bool {
        let mut deeper = |children: usize| {
            *members = members.saturating_add(children);
            depth <= MAX_DEPTH && *members <= MAX_MEMBERS
        };
        let next = depth.saturating_add(1);
        match self {
            Self::Object(all) => {
                deeper(all.len()) && all.iter().all(|(_, child)| child.is_within_limits(next, members))
            }
            Self::Array(all) => {
                deeper(all.len()) && all.iter().all(|child| child.is_within_limits(next, members))
            }
            Self::Text(_) | Self::Digits(_) | Self::Null | Self::Other => true,
        }
    }

    /// Whether an escape brings in a character that would refuse the payload if it stood there itself.
    fn hides(&self) -> bool {
        let hides = |text: &str| text.chars().any(is_hidden);
        match self {
            Self::Object(all) => all.iter().any(|(name, child)| hides(name) || child.hides()),
            Self::Array(all) => all.iter().any(Self::hides),
            Self::Text(text) => hides(text),
            Self::Digits(_) | Self::Null | Self::Other => false,
        }
    }

    /// ICAO's visible digital seal for non-constrained environments: `data.hdr` names type, version, issuer; `sig`
    /// signs.
    fn is_seal(&self) -> bool {
        let header = self.member("data").and_then(|data| data.member("hdr"));
        self.member("sig").is_some()
            && header.is_some_and(|header| ["t", "v", "is"].iter().all(|name| header.member(name).is_some()))
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::Array(items))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_u64<E>(self, digits: u64) -> Result<Node, E> {
        Ok(Node::Digits(digits))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }
}
