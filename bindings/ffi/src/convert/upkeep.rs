//! What keeps a store small, sound and accounted for.

use apoa_core as core;

use super::ids::{DeviceId, Instant, ReportId, UnitId};
use super::words::{Check, ReportKind, Standing, Work};

/// One line of the doctor.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// The code of what is wrong with it.
    pub problem: Option<String>,
    /// How many reports it costs, where it costs any.
    pub reports: Option<i64>,
    /// How many were saved, where something was damaged.
    pub saved: Option<i64>,
}

impl From<core::Finding> for Finding {
    fn from(finding: core::Finding) -> Self {
        let core::Finding { check, problem, reports, saved } = finding;
        Self {
            check,
            problem: problem.map(|code| code.to_string()),
            reports: reports.map(i64::from),
            saved: saved.map(i64::from),
        }
    }
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Upkeep {
    /// Drafts that nobody touched for their time.
    pub drafts: i64,
    /// Reports whose data are gone.
    pub purged: i64,
    /// Tombstones whose own time was over.
    pub forgotten: i64,
    /// Erased reports that no old copy opens any more.
    pub destroyed: i64,
}

impl From<core::Upkeep> for Upkeep {
    fn from(upkeep: core::Upkeep) -> Self {
        let core::Upkeep { drafts, purged, forgotten, destroyed } = upkeep;
        Self {
            drafts: drafts.into(),
            purged: purged.into(),
            forgotten: forgotten.into(),
            destroyed: destroyed.into(),
        }
    }
}

/// What a rotation of the keys did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Rotated {
    /// The epoch new reports get.
    pub epoch: i64,
    /// Reports that changed their epoch.
    pub reports: i64,
    /// Reports that stay with a key that is lost or that did not open.
    pub left: i64,
    /// Erased reports that no old copy opens any more.
    pub destroyed: i64,
}

impl From<core::Rotated> for Rotated {
    fn from(rotated: core::Rotated) -> Self {
        let core::Rotated { epoch, reports, left, destroyed } = rotated;
        Self { epoch: epoch.into(), reports: reports.into(), left: left.into(), destroyed: destroyed.into() }
    }
}

/// What was rescued from damaged files.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Salvage {
    /// Where the damaged files lie now.
    pub moved_to: String,
    /// Reports that are here again.
    pub saved: i64,
    /// Reports that the rest of the file speaks of, and that are not.
    pub lost: i64,
    /// Ops that were made again from the body of their report, byte for byte.
    pub remade: i64,
}

impl From<core::Salvage> for Salvage {
    fn from(salvage: core::Salvage) -> Self {
        let core::Salvage { moved_to, saved, lost, remade } = salvage;
        Self {
            moved_to: moved_to.to_string_lossy().into_owned(),
            saved: saved.into(),
            lost: lost.into(),
            remade: remade.into(),
        }
    }
}

/// What is left of an erased report: the log of destruction.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Tombstone {
    /// The report.
    pub report: ReportId,
    /// SHA-256 of its last receipt, as hexadecimal; none where the server never had it.
    pub receipt_sha256: Option<String>,
    /// When its data were erased.
    pub purged: Instant,
    /// By which rule: `retention` or `discarded`.
    pub rule: String,
    /// When the last key that could open an old copy of it was destroyed.
    pub destroyed: Option<Instant>,
}

impl From<core::Tombstone> for Tombstone {
    fn from(tombstone: core::Tombstone) -> Self {
        let core::Tombstone { report, receipt_sha256, purged, rule, destroyed } = tombstone;
        Self { report, receipt_sha256, purged, rule, destroyed }
    }
}

/// What this device holds of people, for a notice of a breach: what, since when, how kept; nobody's identity.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct BreachExtract {
    /// This installation, as the server knows it.
    pub device: DeviceId,
    /// The unit.
    pub unit: UnitId,
    /// When this was written.
    pub at: Instant,
    /// Reports whose data are here.
    pub reports: Vec<HeldReport>,
    /// Reports whose data were here.
    pub erased: Vec<Tombstone>,
}

impl From<core::BreachExtract> for BreachExtract {
    fn from(extract: core::BreachExtract) -> Self {
        let core::BreachExtract { device, unit, at, reports, erased } = extract;
        Self {
            device,
            unit,
            at,
            reports: reports.into_iter().map(HeldReport::from).collect(),
            erased: erased.into_iter().map(Tombstone::from).collect(),
        }
    }
}

/// A report as a breach extract names it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HeldReport {
    /// The report.
    pub report: ReportId,
    /// Its kind, which says what data it holds.
    pub kind: ReportKind,
    /// What the server has proved.
    pub standing: Standing,
    /// What is left to do.
    pub work: Work,
    /// Whether the whole data are here, or the row of a list.
    pub whole: bool,
    /// First time the log speaks of it.
    pub since: Option<Instant>,
    /// Last time the log speaks of it.
    pub until: Option<Instant>,
}

impl From<core::HeldReport> for HeldReport {
    fn from(held: core::HeldReport) -> Self {
        let core::HeldReport { report, kind, standing, work, whole, since, until } = held;
        Self { report, kind, standing, work, whole, since, until }
    }
}

/// The form of a code that nobody knew, without its content.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct UnknownShape {
    /// `9A99AA9999-A`; of an office's address the host and the path's form.
    pub shape: String,
    /// How often it was seen.
    pub seen: i64,
}

impl From<core::UnknownShape> for UnknownShape {
    fn from(unknown: core::UnknownShape) -> Self {
        let core::UnknownShape { shape, seen } = unknown;
        Self { shape, seen: seen.into() }
    }
}
