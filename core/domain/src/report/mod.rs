//! A report from what is typed to what is proved: the draft and its follow-ups, their rules, the frozen
//! op, the states, the receipt, and when it may go.
//!
//! Types make the order unskippable. Only [`finalise::finalise`] makes a [`op::FrozenOp`], and only that can enter
//! the outbox; only a [`receipt::VerifiedReceipt`] can move what the server has proved.

pub mod deadline;
pub mod draft;
pub mod finalise;
pub mod follow_up;
pub mod kinds;
pub mod op;
pub mod photo;
pub mod plan;
pub mod profile;
pub mod receipt;
pub mod retention;
pub mod rules;
pub mod state;
pub mod summary;
pub mod watch;
