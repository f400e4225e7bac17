//! The core's own enums of words: nothing is converted, and a variant that the core gains stops the build here.
//! `None` becomes another word, because Swift takes `.none` for its own, and so does what is named like a type.

pub use apoa_core::passport::{Origin, Pair, Reason, Unreadable as WhyNoZone, Verdict, ZoneField};
pub use apoa_core::permit::{Confidence, NumberKind};
pub use apoa_core::report::draft::Source as FactSource;
pub use apoa_core::report::finalise::ClockTrust;
pub use apoa_core::report::kinds::{OpKind, ReportKind};
pub use apoa_core::report::plan::NotPossible as Obstacle;
pub use apoa_core::report::profile::ProfileField;
pub use apoa_core::report::state::{Standing, Work};
pub use apoa_core::roster::{RowState as RosterState, Unreadable as ListFault};
pub use apoa_core::scanner::{PictureFault, Side};
pub use apoa_core::{
    Check, Happening, Hold, ItemOutcome, Missing as SetUp, ProfileSync, Right as UnitRight, StoppedBy,
    Superseded, Trigger, Verdict as TriedVerdict,
};

/// What a report is about.
#[uniffi::remote(Enum)]
pub enum ReportKind {
    /// A guest arrives at a lodging.
    LodgingCheckIn,
    /// A foreign worker starts a job.
    WorkerStart,
    /// A private host reports a foreigner.
    Individual,
    /// A foreigner refuses to show documents.
    Refusal,
}

/// What an op does to its report.
#[uniffi::remote(Enum)]
pub enum OpKind {
    /// Files the report.
    Submit,
    /// Replaces its data.
    Amend,
    /// Withdraws it.
    Cancel,
    /// A lodging stay lasts longer.
    Extend,
    /// The guest left.
    CheckOut,
    /// A worker's circumstances changed.
    Change,
    /// A job ended.
    End,
    /// A photo belongs to it.
    Attach,
}

/// What the server has proved.
#[uniffi::remote(Enum)]
pub enum Standing {
    /// Nothing yet.
    #[uniffi(name = "Unproved")]
    None,
    /// The server has it.
    Received,
    /// The office accepted it.
    Accepted,
    /// The office rejected it.
    Rejected,
    /// It was withdrawn.
    Cancelled,
}

/// What is left to do on this device.
#[uniffi::remote(Enum)]
pub enum Work {
    /// Nothing.
    #[uniffi(name = "Nothing")]
    None,
    /// Still being typed.
    #[uniffi(name = "Drafted")]
    Draft,
    /// Waits to be sent.
    Queued,
    /// Held back until a person or an update releases it; kept and visible.
    Wedged,
    /// The office asks for other data.
    NeedsCorrection,
    /// Dropped before the server ever saw it.
    Discarded,
}

/// What stands in the way of a change.
#[uniffi::remote(Enum)]
pub enum Obstacle {
    /// It is still a draft: finish it first.
    #[uniffi(name = "StillDraft")]
    Draft,
    /// It was dropped before the server saw it.
    Discarded,
    /// The stay or job is over, or its end waits to be sent. An edit can open it again.
    Closed,
    /// It is withdrawn, or the withdrawal waits to be sent.
    Cancelled,
    /// The office rejected it.
    Rejected,
    /// An op that the server may have is on hold: retry or supersede it first.
    Wedged,
    /// The office asks for other data first.
    NeedsCorrection,
    /// Reports of this kind know no such operation.
    OtherKind,
    /// The server may have it: it can only be cancelled there.
    Sent,
    /// Its data are on the device that made it.
    Elsewhere,
}

/// Where the facts of a draft come from.
#[uniffi::remote(Enum)]
pub enum FactSource {
    /// The code on a permit.
    PermitQr,
    /// The code on a sticker.
    StickerQr,
    /// A machine-readable zone.
    Mrz,
    /// A person typed them.
    Manual,
    /// A list of guests or workers.
    #[uniffi(name = "Imported")]
    Import,
}

/// Who asked for a run.
#[uniffi::remote(Enum)]
pub enum Trigger {
    /// A person pressed "send now": our own delays are skipped, once in ten seconds.
    Person,
    /// The platform's alarm clock.
    Schedule,
    /// The platform says that the network is back: at once, but what waits after trouble of the server waits on.
    NetworkUp,
}

/// What ended a run or a request.
#[uniffi::remote(Enum)]
pub enum StoppedBy {
    /// No network.
    Offline,
    /// A Wi-Fi's login page answered.
    Portal,
    /// The server or its receipt cannot be trusted.
    Untrusted,
    /// The device's clock is wrong.
    Clock,
    /// Sign-in ended.
    Auth,
    /// No right for this unit.
    Blocked,
    /// This device was removed.
    Revoked,
    /// The time given is used up.
    Budget,
    /// The caller asked.
    Cancelled,
    /// The server is in trouble.
    Server,
    /// This version is too old.
    UpdateRequired,
}

/// What became of an op in a run.
#[uniffi::remote(Enum)]
pub enum ItemOutcome {
    /// Its receipt verified.
    Received,
    /// Other data are needed.
    Invalid,
    /// A person has to look.
    Wedged,
    /// The office decided.
    Decided,
}

/// What became of an op on hold that should be superseded.
#[uniffi::remote(Enum)]
pub enum Superseded {
    /// The server never saw it: what waits goes as new ops.
    Replaced,
    /// The server has it: it is sent again with the same bytes and brings its receipt.
    Arrived,
    /// The server never saw it, and the report was withdrawn or rejected meanwhile: what waited left.
    LetGo,
    /// Nothing of this report is on hold.
    NotHeld,
}

/// What the server would make of an op.
#[uniffi::remote(Enum)]
pub enum TriedVerdict {
    /// It would be received.
    Applied,
    /// It was received before.
    Duplicate,
    /// Another phone reported this stay: it would be received as the same one.
    Merged,
    /// Other data are needed.
    Invalid,
    /// The report was changed elsewhere.
    Conflict,
    /// Not now.
    Deferred,
    /// The server holds other bytes under this id.
    Mismatch,
    /// The server does not take it in this form.
    Unsupported,
}

/// What an account may do in a unit.
#[uniffi::remote(Enum)]
pub enum UnitRight {
    /// File reports.
    Report,
    /// See closed reports.
    Inspect,
    /// Change profile, staff and devices.
    Manage,
}

/// A part of the set-up that is missing.
#[uniffi::remote(Enum)]
pub enum SetUp {
    /// Nobody is signed in.
    SignIn,
    /// No server is known.
    Server,
    /// No trust file is known.
    Trust,
}

/// A fact that a unit says about itself.
#[uniffi::remote(Enum)]
pub enum ProfileField {
    /// Its name.
    Name,
    /// Its address.
    Address,
    /// Its time zone: `WIB`, `WITA` or `WIT`.
    #[uniffi(name = "TimeZone")]
    Zone,
    /// Its immigration office.
    Office,
    /// Who is in charge.
    PersonInCharge,
    /// Its number as a business.
    BusinessNumber,
    /// Its licence.
    Licence,
    /// What kind of lodging it is.
    LodgingKind,
    /// How many rooms it has.
    Rooms,
    /// Who guarantees for its workers.
    Guarantor,
    /// Where they work.
    WorkAddress,
    /// The site.
    Site,
    /// Whom to ask about staff.
    HrContact,
    /// A private host's relation: `host`, `landlord`, `neighbour` or `other:` with a text.
    Relation,
    /// Language of the screen: `id` or `en`.
    Language,
}

/// What came of bringing a profile in line with the server's.
#[uniffi::remote(Enum)]
pub enum ProfileSync {
    /// Both have the same now.
    InLine,
    /// What was changed here stays here: this member may not change the unit's profile.
    NotAllowed,
}

/// What happened to a report or a device.
#[uniffi::remote(Enum)]
pub enum Happening {
    /// An op was frozen and waits.
    #[uniffi(name = "Filed")]
    Finalised,
    /// A person said that the same guest on the same day is another stay.
    Again,
    /// A receipt verified.
    Proved,
    /// The server asks for other data.
    Invalid,
    /// An op is on hold.
    Wedged,
    /// A draft was kept.
    Drafted,
    /// An op that was never sent was replaced.
    Replaced,
    /// A report that the server never saw was dropped.
    Discarded,
    /// An op on hold goes on.
    Released,
    /// An op that had no effect at the server left for one on a newer base.
    #[uniffi(name = "Overtaken")]
    Superseded,
    /// The office decided, or another device filed an op.
    Told,
    /// It may not be shown, exported or erased.
    HoldSet,
    /// It may again.
    HoldCleared,
    /// A key was lost.
    KeyLost,
    /// The keys are those of a new epoch.
    #[uniffi(name = "KeysRotated")]
    Rotated,
    /// Rows were saved from a damaged file.
    Salvaged,
}

/// How far the device's clock could be trusted.
#[uniffi::remote(Enum)]
pub enum ClockTrust {
    /// Compared with the server's.
    Synced,
    /// Compared in an earlier session.
    Estimated,
    /// Never compared.
    Unknown,
}

/// Whether a report is held.
#[uniffi::remote(Enum)]
pub enum Hold {
    /// Not shown to others, not exported, not erased; still delivered where the law requires it.
    Set,
    /// As any other.
    Cleared,
}

/// What the doctor looks at.
#[uniffi::remote(Enum)]
pub enum Check {
    /// The database files are sound.
    Store,
    /// The key answers.
    Key,
    /// The server's clock is known.
    Clock,
    /// A server is set and answers with a config that is signed as it should be.
    Server,
    /// A trust file is set and sound.
    Trust,
    /// The newest patterns of the deployment are in use.
    Patterns,
}

/// What becomes of a row of a list.
#[uniffi::remote(Enum)]
pub enum RosterState {
    /// It is filed.
    Ready,
    /// It is filed, and somebody should look at it.
    Warning,
    /// It stays out until it is mended.
    #[uniffi(name = "Wrong")]
    Error,
    /// It stays out: it is reported already, or stands in the list twice.
    Duplicate,
}

/// Why a file is no list.
#[uniffi::remote(Enum)]
pub enum ListFault {
    /// It holds nothing.
    Empty,
    /// It is no text: phones read lists as text.
    Unknown,
    /// A password is needed to open it.
    #[uniffi(name = "Sealed")]
    Locked,
    /// It ends too early, or its parts contradict each other.
    Damaged,
}
