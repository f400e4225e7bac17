//! A frozen op: the bytes that are sent on every attempt, their digest, and who they are about.

use core::fmt;

use super::kinds::{OpKind, ReportKind};
use crate::ids::{Digest, OpId, ReportId, Revision, UnitId};
use crate::private::Private;

/// One instruction about a report, frozen by [`finalise`](super::finalise::finalise) and by nothing else.
/// Its parts can be read, never changed.
#[derive(Clone, PartialEq, Eq)]
pub struct FrozenOp {
    pub(super) op: OpId,
    pub(super) report: ReportId,
    pub(super) unit: UnitId,
    pub(super) kind: OpKind,
    pub(super) report_kind: ReportKind,
    pub(super) revision: Revision,
    pub(super) base: Revision,
    pub(super) digest: Digest,
    pub(super) body: Private<String>,
}

impl FrozenOp {
    /// The op.
    pub fn op(&self) -> OpId {
        self.op
    }

    /// Its report.
    pub fn report(&self) -> ReportId {
        self.report
    }

    /// The unit it is filed for.
    pub fn unit(&self) -> UnitId {
        self.unit
    }

    /// What it does.
    pub fn kind(&self) -> OpKind {
        self.kind
    }

    /// The kind of its report.
    pub fn report_kind(&self) -> ReportKind {
        self.report_kind
    }

    /// Its place in the life of the report.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// What it builds on.
    pub fn base(&self) -> Revision {
        self.base
    }

    /// Over exactly the bytes of the body.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The frozen JSON text.
    pub fn body(&self) -> &str {
        self.body.reveal()
    }
}

impl fmt::Debug for FrozenOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrozenOp({} {} of {})", self.kind, self.op, self.report)
    }
}

/// An op as an outbox keeps it and a request carries it: the parts of a [`FrozenOp`] after a restart. It can be sent
/// again, but not enqueued.
#[derive(Clone, PartialEq, Eq)]
pub struct QueuedOp {
    /// The op.
    pub op: OpId,
    /// Its report.
    pub report: ReportId,
    /// What it does.
    pub kind: OpKind,
    /// Its place in the life of the report.
    pub revision: Revision,
    /// What it builds on.
    pub base: Revision,
    /// Over exactly the bytes of the body.
    pub digest: Digest,
    /// The frozen JSON text.
    pub body: Private<String>,
    /// How often it was sent.
    pub attempts: u32,
}

impl fmt::Debug for QueuedOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueuedOp({} {} of {}, {} attempts)", self.kind, self.op, self.report, self.attempts)
    }
}
