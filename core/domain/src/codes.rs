//! A stable code for each thing a person can meet, the same on screen, command line, Kotlin, Swift and server.
//! Logic returns codes with typed arguments; the words belong to the catalogue (`core/locales`).
//! Codes are never reused: a retired one keeps its number.

use core::fmt;
use core::str::FromStr;

/// Whether waiting helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The core tries again by itself.
    Itself,
    /// A person changes something first.
    AfterFix,
    /// Nothing to repeat.
    Never,
}

impl Retry {
    /// The word of the command line and the problem documents: `self`, `fix` or `no`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "self",
            Self::AfterFix => "fix",
            Self::Never => "no",
        }
    }
}

/// A stable code. The letter names the field: S scan, P passport and permit, V values of a report, R the server's
/// decision, I import, N network, A account, D data on this device, X unexpected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// S101: Not a permit code (looks like {kind}). Scan the permit's QR, or choose Passport.
    NotPermit,
    /// S102: Unknown address in the code. Do not open it; type the data.
    UnknownAddress,
    /// S103: Code found, unreadable. Clean the card or type the data.
    Unread,
    /// S104: Hidden characters in the code. Do not use it; type the data.
    HiddenCharacters,
    /// S105: This is {document}, another official paper. Scan the permit.
    OtherOfficial,
    /// S106: Digital seal not supported yet. Continue with the passport.
    DigitalSeal,
    /// S107: {n} codes. Tap the one on the permit.
    SeveralCodes,
    /// S108: Code not known yet. Type the data; the report still works.
    UnknownCode,
    /// S109: Image invalid or too large. Take another.
    BadPicture,
    /// S110: Picture format not supported. Send it as JPEG.
    PictureFormat,
    /// S111: The PDF file is locked with a password. Type its password, or save it again unlocked.
    PdfLocked,
    /// P201: Passport number looks misread. Check letter O and zero.
    NumberMisread,
    /// P202: Passport expires or expired on {date}.
    PassportExpiry,
    /// P203: Permit and passport differ: {field}. Ask the guest.
    PermitPassportDiffer,
    /// P204: Number differs, the rest matches: maybe a new passport.
    PassportRenewed,
    /// P205: Permit expired on {date}. Report it and tell the office.
    PermitExpired,
    /// P206: Permit ends {date}, before check-out.
    PermitEndsFirst,
    /// P207: Cannot compare yet: {cause}.
    NotYetComparable,
    /// P208: The server says this code belongs to someone else.
    OtherHolder,
    /// P209: Passport lines incomplete. Scan the two bottom lines again.
    ZoneIncomplete,
    /// V301: {field} is missing.
    FieldMissing,
    /// V302: Invalid date. Example: 24-11-2026.
    DateInvalid,
    /// V303: {field} cannot be {before/after} {date}.
    DateOrder,
    /// V304: {field} is too long (max {n}).
    TooLong,
    /// V305: {field} has characters that are not allowed.
    Characters,
    /// V306: Field "{code}" not known. Did you mean "{guess}"?
    UnknownField,
    /// V307: {field} is more than a year ago. Correct?
    LongAgo,
    /// V310: Already reported {date} by {staff}. Open it?
    Duplicate,
    /// V311: Not possible: the report is {state}. Open the report to see what is.
    NotPossible,
    /// V312: Photo larger than {n} KB. Take it smaller or scale it down.
    PhotoTooLarge,
    /// V313: The office takes no photo with this report. Send the report without it.
    PhotoNotTaken,
    /// V314: No photo is kept of a child's passport. Send the report without it.
    PhotoOfChild,
    /// R350: Immigration asks to correct: {field}.
    CorrectionAsked,
    /// R351: Refused by Immigration: {cause}. Data is kept.
    Rejected,
    /// R352: Report changed on the server. Check and send again.
    Conflict,
    /// R353: On hold: server refused the data's form. Send diagnostics.
    Contract,
    /// I401: Row {n}, column "{col}": found "{value}", expected {example}.
    Cell,
    /// I402: Column "{col}" missing. Match it or get the template.
    ColumnMissing,
    /// I403: File not supported. Use .xlsx, .xls, .ods, .csv.
    FileType,
    /// I404: Row {n}: Excel turned the number into "{value}". Type it again from the passport, as text.
    NumberMangled,
    /// I405: Row {n} repeats row {m}.
    RowRepeated,
    /// I406: File too large (max {n} rows).
    FileTooLarge,
    /// N501: No internet yet. The report is saved.
    Offline,
    /// N502: Immigration's server is busy. Retrying by itself.
    ServerBusy,
    /// N503: Phone clock is wrong. Turn on automatic date and time.
    ClockWrong,
    /// N504: This Wi-Fi needs a login. Open its page.
    Portal,
    /// N505: The app needs an update. Reports are safe.
    UpdateRequired,
    /// N506: The server cannot be trusted. Change network.
    Untrusted,
    /// N507: Sending is already under way. Wait a moment.
    AlreadyRunning,
    /// A601: Not signed in, or no longer. Sign in; no report is lost.
    SignInNeeded,
    /// A602: No right for this unit. Ask the manager.
    NoRight,
    /// A603: This phone was removed from the unit.
    DeviceRevoked,
    /// A604: Code or password is wrong.
    WrongSecret,
    /// A605: Profile incomplete: {field}.
    ProfileIncomplete,
    /// A606: No server set up. Ask the manager for its address.
    ServerMissing,
    /// A607: The server's trust file is missing. Ask the manager for it.
    TrustMissing,
    /// D701: Storage full. Free {mb} MB.
    DiskFull,
    /// D702: Phone key changed. {n} unsent reports cannot be opened; enter them again from the list.
    KeyLost,
    /// D703: Data partly damaged: {a} saved, {b} not. A copy is kept.
    Damaged,
    /// D704: Data from a newer version. Update the app.
    NewerSchema,
    /// D705: New patterns refused; the previous ones are used.
    PatternsRefused,
    /// D706: Another program uses the data. Close it, then try again.
    Busy,
    /// D707: The data folder cannot be written. Check its permissions.
    NotWritable,
    /// D708: Phone not unlocked since it started. Unlock it first.
    KeyLocked,
    /// X901: Something failed. Reports are safe. Send diagnostics.
    Internal,
    /// X902: Storage is closed. Open the app again.
    Closed,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: &'static [Self] = &[
        Self::NotPermit,
        Self::UnknownAddress,
        Self::Unread,
        Self::HiddenCharacters,
        Self::OtherOfficial,
        Self::DigitalSeal,
        Self::SeveralCodes,
        Self::UnknownCode,
        Self::BadPicture,
        Self::PictureFormat,
        Self::PdfLocked,
        Self::NumberMisread,
        Self::PassportExpiry,
        Self::PermitPassportDiffer,
        Self::PassportRenewed,
        Self::PermitExpired,
        Self::PermitEndsFirst,
        Self::NotYetComparable,
        Self::OtherHolder,
        Self::ZoneIncomplete,
        Self::FieldMissing,
        Self::DateInvalid,
        Self::DateOrder,
        Self::TooLong,
        Self::Characters,
        Self::UnknownField,
        Self::LongAgo,
        Self::Duplicate,
        Self::NotPossible,
        Self::PhotoTooLarge,
        Self::PhotoNotTaken,
        Self::PhotoOfChild,
        Self::CorrectionAsked,
        Self::Rejected,
        Self::Conflict,
        Self::Contract,
        Self::Cell,
        Self::ColumnMissing,
        Self::FileType,
        Self::NumberMangled,
        Self::RowRepeated,
        Self::FileTooLarge,
        Self::Offline,
        Self::ServerBusy,
        Self::ClockWrong,
        Self::Portal,
        Self::UpdateRequired,
        Self::Untrusted,
        Self::AlreadyRunning,
        Self::SignInNeeded,
        Self::NoRight,
        Self::DeviceRevoked,
        Self::WrongSecret,
        Self::ProfileIncomplete,
        Self::ServerMissing,
        Self::TrustMissing,
        Self::DiskFull,
        Self::KeyLost,
        Self::Damaged,
        Self::NewerSchema,
        Self::PatternsRefused,
        Self::Busy,
        Self::NotWritable,
        Self::KeyLocked,
        Self::Internal,
        Self::Closed,
    ];

    /// The short form, `S101`: the key of the catalogue.
    pub fn short(self) -> &'static str {
        match self {
            Self::NotPermit => "S101",
            Self::UnknownAddress => "S102",
            Self::Unread => "S103",
            Self::HiddenCharacters => "S104",
            Self::OtherOfficial => "S105",
            Self::DigitalSeal => "S106",
            Self::SeveralCodes => "S107",
            Self::UnknownCode => "S108",
            Self::BadPicture => "S109",
            Self::PictureFormat => "S110",
            Self::PdfLocked => "S111",
            Self::NumberMisread => "P201",
            Self::PassportExpiry => "P202",
            Self::PermitPassportDiffer => "P203",
            Self::PassportRenewed => "P204",
            Self::PermitExpired => "P205",
            Self::PermitEndsFirst => "P206",
            Self::NotYetComparable => "P207",
            Self::OtherHolder => "P208",
            Self::ZoneIncomplete => "P209",
            Self::FieldMissing => "V301",
            Self::DateInvalid => "V302",
            Self::DateOrder => "V303",
            Self::TooLong => "V304",
            Self::Characters => "V305",
            Self::UnknownField => "V306",
            Self::LongAgo => "V307",
            Self::Duplicate => "V310",
            Self::NotPossible => "V311",
            Self::PhotoTooLarge => "V312",
            Self::PhotoNotTaken => "V313",
            Self::PhotoOfChild => "V314",
            Self::CorrectionAsked => "R350",
            Self::Rejected => "R351",
            Self::Conflict => "R352",
            Self::Contract => "R353",
            Self::Cell => "I401",
            Self::ColumnMissing => "I402",
            Self::FileType => "I403",
            Self::NumberMangled => "I404",
            Self::RowRepeated => "I405",
            Self::FileTooLarge => "I406",
            Self::Offline => "N501",
            Self::ServerBusy => "N502",
            Self::ClockWrong => "N503",
            Self::Portal => "N504",
            Self::UpdateRequired => "N505",
            Self::Untrusted => "N506",
            Self::AlreadyRunning => "N507",
            Self::SignInNeeded => "A601",
            Self::NoRight => "A602",
            Self::DeviceRevoked => "A603",
            Self::WrongSecret => "A604",
            Self::ProfileIncomplete => "A605",
            Self::ServerMissing => "A606",
            Self::TrustMissing => "A607",
            Self::DiskFull => "D701",
            Self::KeyLost => "D702",
            Self::Damaged => "D703",
            Self::NewerSchema => "D704",
            Self::PatternsRefused => "D705",
            Self::Busy => "D706",
            Self::NotWritable => "D707",
            Self::KeyLocked => "D708",
            Self::Internal => "X901",
            Self::Closed => "X902",
        }
    }

    /// Whether waiting helps.
    pub fn retry(self) -> Retry {
        match self {
            Self::NotYetComparable
            | Self::Offline
            | Self::ServerBusy
            | Self::Portal
            | Self::Untrusted
            | Self::AlreadyRunning => Retry::Itself,
            Self::UnknownAddress
            | Self::HiddenCharacters
            | Self::DigitalSeal
            | Self::UnknownCode
            | Self::PassportExpiry
            | Self::PermitPassportDiffer
            | Self::PassportRenewed
            | Self::PermitExpired
            | Self::PermitEndsFirst
            | Self::OtherHolder
            | Self::LongAgo
            | Self::Duplicate
            | Self::NotPossible
            | Self::PhotoNotTaken
            | Self::PhotoOfChild
            | Self::Contract
            | Self::NoRight
            | Self::DeviceRevoked
            | Self::KeyLost
            | Self::Damaged
            | Self::PatternsRefused
            | Self::Internal => Retry::Never,
            Self::NotPermit
            | Self::Unread
            | Self::OtherOfficial
            | Self::SeveralCodes
            | Self::BadPicture
            | Self::PictureFormat
            | Self::PdfLocked
            | Self::NumberMisread
            | Self::ZoneIncomplete
            | Self::FieldMissing
            | Self::DateInvalid
            | Self::DateOrder
            | Self::TooLong
            | Self::Characters
            | Self::UnknownField
            | Self::PhotoTooLarge
            | Self::CorrectionAsked
            | Self::Rejected
            | Self::Conflict
            | Self::Cell
            | Self::ColumnMissing
            | Self::FileType
            | Self::NumberMangled
            | Self::RowRepeated
            | Self::FileTooLarge
            | Self::ClockWrong
            | Self::UpdateRequired
            | Self::SignInNeeded
            | Self::WrongSecret
            | Self::ProfileIncomplete
            | Self::ServerMissing
            | Self::TrustMissing
            | Self::DiskFull
            | Self::NewerSchema
            | Self::Busy
            | Self::NotWritable
            | Self::KeyLocked
            | Self::Closed => Retry::AfterFix,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "APOA-{}", self.short())
    }
}

/// The text is no code of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such code")]
pub struct NoSuchCode;

impl FromStr for Code {
    type Err = NoSuchCode;

    /// Reads `APOA-S101` and `S101` in either case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper = text.trim().to_ascii_uppercase();
        let short = upper.strip_prefix("APOA-").unwrap_or(&upper);
        Self::ALL.iter().copied().find(|code| code.short() == short).ok_or(NoSuchCode)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_in_both_forms_and_is_listed_once() {
        for (place, code) in Code::ALL.iter().enumerate() {
            assert_eq!(code.to_string().parse::<Code>().unwrap(), *code);
            assert_eq!(code.short().to_lowercase().parse::<Code>().unwrap(), *code);
            assert_eq!(Code::ALL.iter().position(|other| other.short() == code.short()), Some(place));
        }
    }

    #[test]
    fn an_unknown_code_is_refused() {
        assert_eq!("APOA-S999".parse::<Code>(), Err(NoSuchCode));
    }
}
