//! What the server would make of the queue, without sending it: no op is marked, none is filed.

use std::time::Duration;

use apoa_domain::ids::{OpId, ReportId};

use crate::ask::Asker;
use crate::client::ApoaClient;
use crate::error::{Missing, StoreError, SyncError};
use crate::sync::policy::BATCH_BYTES;
use crate::sync::verdict::Verdict;

/// A question about the queue.
#[derive(Clone, Copy, Debug)]
pub struct TryOutRequest {
    /// Chosen by the caller, for `cancel`; unlike that of a run under way.
    pub run: u64,
    /// Each request ends within this time and half a second.
    pub budget: Duration,
}

/// An op and what the server would make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TriedOut {
    /// The report.
    pub report: ReportId,
    /// Its op that would go next.
    pub op: OpId,
    /// The server's word.
    pub verdict: Verdict,
}

impl ApoaClient {
    /// Blocks; call from a background thread. Asks the server about what would be sent next of each report of the
    /// active unit. Nothing changes on either end, and nothing is promised: at the real sending others may have been
    /// faster.
    pub fn try_out(&self, request: TryOutRequest) -> Result<Vec<TriedOut>, SyncError> {
        let missing = SyncError::NotSetUp { missing: Missing::SignIn };
        let account = self.account()?.ok_or_else(|| missing.clone())?;
        let unit = self.unit().ok_or(missing)?;
        let call = self.begin(request.run);
        let asker =
            Asker { account: &account, unit: unit.unit, cancel: &call.cancel, budget: request.budget };
        let most = self.seams.contract.batch_most();
        let (mut tried, mut after) = (Vec::new(), 0);
        loop {
            let (ops, last) = unit.waiting_ops(after, most, BATCH_BYTES).map_err(StoreError::from)?;
            if last == after {
                return Ok(tried);
            }
            after = last;
            if ops.is_empty() {
                continue;
            }
            let verdicts = self.ask(&asker, "ask.check", |contract, sender| contract.check(sender, &ops))?;
            tried.extend(verdicts.into_iter().filter_map(|(op, verdict)| {
                let report = ops.iter().find(|sent| sent.op == op)?.report;
                Some(TriedOut { report, op, verdict })
            }));
        }
    }
}
