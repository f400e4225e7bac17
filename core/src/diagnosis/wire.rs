//! The JSON of a scan report, and of a hint wherever one is written. Places are lists of numbers, names are those of the
//! hints.
//!
//! apoa-scan knows no JSON, so each of its types has a [`Form`] here, written once for both directions.

use apoa_scan::{
    Blur, Coach, FinderMark, Glare, Hint, Memory, Outline, Point, Region, Side, Signals, Unread, ZoneSignals,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{FrameRecord, Report, ReportFault};

/// The version of the form this build writes, and the only one it reads.
const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Versioned {
    apoa_scan_report: u32,
}

#[derive(Serialize, Deserialize)]
struct ReportForm {
    apoa_scan_report: u32,
    core: String,
    mode: Mode,
    #[serde(with = "optional", default)]
    before: Option<Memory>,
    frames: Vec<FrameRecord>,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Live,
    Still,
}

pub(super) fn write(report: &Report) -> String {
    let form = ReportForm {
        apoa_scan_report: VERSION,
        core: env!("CARGO_PKG_VERSION").to_owned(),
        mode: if report.still { Mode::Still } else { Mode::Live },
        before: report.before.memory,
        frames: report.frames.clone(),
    };
    // Plain values with text keys always serialise.
    serde_json::to_string(&form).unwrap_or_default()
}

pub(super) fn read(text: &str) -> Result<Report, ReportFault> {
    let not_a_report = |_| ReportFault::NotAReport;
    let Versioned { apoa_scan_report: version } =
        serde_json::from_slice(text.as_bytes()).map_err(not_a_report)?;
    if version != VERSION {
        return Err(ReportFault::Version(version));
    }
    let form: ReportForm = serde_json::from_slice(text.as_bytes()).map_err(not_a_report)?;
    Ok(Report { still: form.mode == Mode::Still, before: Coach { memory: form.before }, frames: form.frames })
}

/// A hint as JSON: its kind and its numbers, `{"kind":"closer","zoom":1.8}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct HintForm(#[serde(with = "HintParts")] pub Hint);

/// A value of another crate in its JSON form.
pub(super) struct Form<T>(T);

/// Forms by a mirror of the type, for structures and names.
macro_rules! mirrored {
    ($($type:ty, $mirror:ty;)*) => {$(
        impl Serialize for Form<&$type> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                <$mirror>::serialize(self.0, to)
            }
        }

        impl<'de> Deserialize<'de> for Form<$type> {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                <$mirror>::deserialize(from).map(Form)
            }
        }
    )*};
}

/// Forms as lists of numbers.
macro_rules! listed {
    ($($type:ty, $list:ty, $to:expr, $from:expr;)*) => {$(
        impl Serialize for Form<&$type> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let list: fn(&$type) -> $list = $to;
                list(self.0).serialize(to)
            }
        }

        impl<'de> Deserialize<'de> for Form<$type> {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let value: fn($list) -> $type = $from;
                <$list>::deserialize(from).map(value).map(Form)
            }
        }
    )*};
}

mirrored! {
    Hint, HintParts;
    Side, SideName;
    Unread, UnreadName;
    Glare, GlareParts;
    Signals, SignalsParts;
    ZoneSignals, ZoneParts;
    Memory, MemoryParts;
    FinderMark, FinderParts;
}

listed! {
    Point, [f32; 2], |p| [p.x, p.y], |[x, y]| Point { x, y };
    Blur, [f32; 2], |b| [b.least, b.most], |[least, most]| Blur { least, most };
    Region, [u32; 4], |r| [r.x, r.y, r.width, r.height], |[x, y, width, height]| Region { x, y, width, height };
    Outline, [[f32; 2]; 4], |o| o.corners.map(|p| [p.x, p.y]),
        |corners| Outline { corners: corners.map(|[x, y]| Point { x, y }) };
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Memory")]
struct MemoryParts {
    last_ms: i64,
    since_ms: i64,
    sighted_ms: i64,
    #[serde(with = "one")]
    shown: Hint,
    shown_ms: i64,
    blurred: u8,
    unread: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FinderMark")]
struct FinderParts {
    #[serde(with = "one")]
    centre: Point,
    module: f32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Signals")]
struct SignalsParts {
    #[serde(with = "optional", default)]
    place: Option<Region>,
    located: bool,
    finders: u32,
    px_per_module: Option<f32>,
    side: f32,
    elongation: f32,
    density: f32,
    p5: u8,
    p95: u8,
    noise: f32,
    #[serde(with = "one")]
    blur: Blur,
    motion: Option<f32>,
    fill: f32,
    largest_finder: f32,
    #[serde(with = "optional", default)]
    cut_off: Option<Side>,
    #[serde(with = "optional", default)]
    glare: Option<Glare>,
    payloads: u32,
    #[serde(with = "optional", default)]
    zone: Option<ZoneSignals>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ZoneSignals")]
struct ZoneParts {
    laid: bool,
    px_per_char: f32,
    lean: f32,
    bend: f32,
    hidden: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Glare")]
struct GlareParts {
    #[serde(with = "one")]
    at: Point,
    share: f32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Side", rename_all = "lowercase")]
enum SideName {
    Left,
    Right,
    Up,
    Down,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Unread", rename_all = "lowercase")]
enum UnreadName {
    Damaged,
    Covered,
    Faded,
    Curved,
}

/// The two numbers of a hint's place, beside its kind.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Point")]
struct PointParts {
    x: f32,
    y: f32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Hint", tag = "kind", rename_all = "snake_case")]
enum HintParts {
    Several {
        count: u32,
    },
    CutOff {
        #[serde(with = "SideName")]
        side: Side,
    },
    Farther,
    Closer {
        zoom: f32,
    },
    Dark {
        torch: bool,
    },
    Bright,
    Glare {
        #[serde(flatten, with = "PointParts")]
        at: Point,
    },
    Still,
    Focus,
    Unreadable {
        #[serde(with = "UnreadName")]
        reason: Unread,
    },
    Where,
    GiveUp,
    Aim,
}

/// A field that is another crate's value.
pub(super) mod one {
    use super::{Deserialize, Deserializer, Form, Serialize, Serializer};

    pub(crate) fn serialize<'a, T, S: Serializer>(value: &'a T, to: S) -> Result<S::Ok, S::Error>
    where
        Form<&'a T>: Serialize,
    {
        Form(value).serialize(to)
    }

    pub(crate) fn deserialize<'de, T, D: Deserializer<'de>>(from: D) -> Result<T, D::Error>
    where
        Form<T>: Deserialize<'de>,
    {
        Form::<T>::deserialize(from).map(|form| form.0)
    }
}

/// A field that may be one.
pub(super) mod optional {
    use super::{Deserialize, Deserializer, Form, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the shape Serde asks for")]
    pub(crate) fn serialize<'a, T, S: Serializer>(value: &'a Option<T>, to: S) -> Result<S::Ok, S::Error>
    where
        Form<&'a T>: Serialize,
    {
        value.as_ref().map(Form).serialize(to)
    }

    pub(crate) fn deserialize<'de, T, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error>
    where
        Form<T>: Deserialize<'de>,
    {
        Ok(Option::<Form<T>>::deserialize(from)?.map(|form| form.0))
    }
}

/// A field that is a list of them.
pub(super) mod list {
    use super::{Deserialize, Deserializer, Form, Serialize, Serializer};

    pub(crate) fn serialize<'a, T, S: Serializer>(values: &'a [T], to: S) -> Result<S::Ok, S::Error>
    where
        Form<&'a T>: Serialize,
    {
        to.collect_seq(values.iter().map(Form))
    }

    pub(crate) fn deserialize<'de, T, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error>
    where
        Form<T>: Deserialize<'de>,
    {
        Ok(Vec::<Form<T>>::deserialize(from)?.into_iter().map(|form| form.0).collect())
    }
}
