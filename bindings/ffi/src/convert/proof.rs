//! What a receipt proves.

use apoa_core::permit::normal_number;
use apoa_core::report::receipt::{Expected, ReceiptProblem, VerifiedReceipt};

use super::ids::{Instant, OpId, ReportId, UnitId};
use super::words::Standing;

/// What came of verifying a receipt.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ReceiptCheck {
    /// It is signed by the server.
    Proved {
        /// The report it is about.
        report: ReportId,
        /// The op it is about.
        op: OpId,
        /// The revision it is about.
        revision: i64,
        /// The unit that reported.
        unit: UnitId,
        /// The state it proves.
        standing: Standing,
        /// Whether the stay or job is over.
        closed: bool,
        /// When it was issued.
        issued_at: Instant,
        /// Whether it belongs to the passport in hand; nothing where none was given or the report named none.
        passport: Option<bool>,
    },
    /// It proves nothing.
    NotProved {
        /// Why.
        reason: String,
    },
}

impl ReceiptCheck {
    pub(crate) fn new(verified: Result<VerifiedReceipt, ReceiptProblem>, passport: Option<&str>) -> Self {
        match verified {
            Ok(receipt) => {
                let Expected { op, report, revision, digest: _, unit } = *receipt.about();
                Self::Proved {
                    report,
                    op,
                    revision: i64::from(revision.0),
                    unit,
                    standing: receipt.standing(),
                    closed: receipt.closed(),
                    issued_at: receipt.issued_at(),
                    passport: passport.and_then(normal_number).and_then(|number| receipt.belongs_to(&number)),
                }
            }
            Err(problem) => Self::NotProved { reason: problem.to_string() },
        }
    }
}
