//! A report from what is typed to what is proved: the draft, its rules, the frozen op, the states, the receipt.
//!
//! Types make the order unskippable. Only [`finalise::finalise`] makes a [`op::FrozenOp`], and only that can enter
//! the outbox; only a [`receipt::VerifiedReceipt`] can move what the server has proved.

pub mod deadline;
pub mod draft;
pub mod finalise;
pub mod kinds;
pub mod op;
pub mod receipt;
pub mod rules;
pub mod state;
