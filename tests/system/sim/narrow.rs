//! The contract with small batches, so that a handful of reports makes a run of many requests.

use apoa_core::Credentials;
use apoa_core::ids::{DeviceId, Digest, OpId};
use apoa_core::permit::RecordKey;
use apoa_core::private::Private;
use apoa_core::report::op::QueuedOp;
use apoa_core::seam::{
    ApoaV1, Applicant, Ask, ChangesAnswer, Claim, Contract, Facts, Grant, Sender, TokenAnswer,
};

/// So many ops in a request at most.
pub(crate) struct Narrow(pub(crate) usize);

impl Contract for Narrow {
    fn batch_most(&self) -> usize {
        self.0
    }

    fn config(&self, device: DeviceId) -> Ask<String> {
        ApoaV1.config(device)
    }

    fn challenge(&self, app: &Applicant<'_>, secret: &Credentials, challenge: &str) -> Ask<Private<String>> {
        ApoaV1.challenge(app, secret, challenge)
    }

    fn tokens(&self, app: &Applicant<'_>, grant: &Grant<'_>) -> Ask<TokenAnswer> {
        ApoaV1.tokens(app, grant)
    }

    fn revoke(&self, app: &Applicant<'_>, refresh_token: &str) -> Ask<()> {
        ApoaV1.revoke(app, refresh_token)
    }

    fn changes(&self, sender: &Sender, cursor: Option<&str>) -> Ask<ChangesAnswer> {
        ApoaV1.changes(sender, cursor)
    }

    fn ops(&self, sender: &Sender, ops: &[QueuedOp]) -> Ask<Vec<(OpId, Claim)>> {
        ApoaV1.ops(sender, ops)
    }

    fn photo(&self, sender: &Sender, digest: Digest, bytes: &[u8]) -> Ask<()> {
        ApoaV1.photo(sender, digest, bytes)
    }

    fn op_status(&self, sender: &Sender, op: OpId) -> Ask<bool> {
        ApoaV1.op_status(sender, op)
    }

    fn look_up(&self, sender: &Sender, key: &RecordKey) -> Ask<Option<Facts>> {
        ApoaV1.look_up(sender, key)
    }
}
