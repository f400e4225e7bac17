//! Records of both languages and their way from and to the core's values. Destructuring without `..` makes a new
//! field of the core stop the build here until somebody decides.

mod account;
mod report;
mod run;

pub use account::{Account, Config, UnitCard};
pub(crate) use report::parse_report;
pub use report::{Counts, Draft, FieldProblem, Finalised, Page, ReportDetail, ReportRow};
pub use run::{Finding, ItemReport, QueueRow, ReceiptCheck, SyncRequest, SyncSummary, Trigger};
