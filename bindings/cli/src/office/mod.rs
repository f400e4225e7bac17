//! What leaves the desk on paper or as a file for others: receipts, lists, sheets, workbooks. Facts in, bytes out; nothing
//! here asks the core or writes a file, and the library for phones never sees it.

pub(crate) mod batch_paper;
pub(crate) mod code;
pub(crate) mod comma;
pub(crate) mod form;
pub(crate) mod letters;
pub(crate) mod list_paper;
pub(crate) mod paper;
pub(crate) mod receipt_facts;
pub(crate) mod receipt_paper;
pub(crate) mod roster;
pub(crate) mod roster_template;
pub(crate) mod roster_words;
pub(crate) mod sheet;
pub(crate) mod table;
pub(crate) mod waiting_paper;
pub(crate) mod words;
