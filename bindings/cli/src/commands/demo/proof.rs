//! The end of the story: the receipt, what it proves, and whether everything is sound.

use std::path::Path;

use apoa_core::codes::Code;
use apoa_core::report::state::Standing;
use apoa_core::{ApoaClient, Finalised, Finding};
use serde_json::{Value, json};

use super::stage::{Done, Trouble, expect};
use crate::commands::receipt::parts;
use crate::commands::receipt_pdf;
use crate::output::{BAD, BOLD, DIM, GOOD, Output};

/// Passports of others. Of 65,536 wrong numbers one passes by design; of these pairs of numbers one in four milliards.
const OTHERS: [&str; 2] = ["L898902C4", "X00000001"];

/// The receipt of the report.
pub(super) struct Proof {
    /// Who signed how, readable by anybody.
    pub(super) header: Value,
    /// What is signed.
    pub(super) payload: Value,
    /// The number it is refused for.
    pub(super) other: &'static str,
}

/// Verifies the stored receipt as an inspector would: the signature, the report, the passport; and puts it on paper.
pub(super) fn receipt(
    client: &ApoaClient,
    filed: &Finalised,
    passport: &str,
    folder: &Path,
    out: &Output,
) -> Result<Done<Proof>, Trouble> {
    let detail = client.report(filed.report)?.ok_or_else(|| Trouble::unmet("the report is there"))?;
    let [token] = detail.receipts.as_slice() else { return Err(Trouble::unmet("there is one receipt")) };
    let verified = client.verify_receipt(token)?.map_err(|problem| Trouble::unmet(problem.to_string()))?;
    let about = verified.about();
    expect(about.op == filed.op && about.report == filed.report, "the receipt is of this op")?;
    expect(verified.standing() == Standing::Received, "the receipt says received")?;
    expect(verified.belongs_to(passport) == Some(true), "the receipt belongs to the holder's passport")?;
    let other = OTHERS.into_iter().find(|number| verified.belongs_to(number) == Some(false));
    let other = other.ok_or_else(|| Trouble::unmet("the receipt is refused for another passport"))?;
    let (header, payload) = parts(token).ok_or_else(|| Trouble::unmet("the receipt can be read"))?;
    let paper = folder.join("receipt.pdf");
    let printed = receipt_pdf::paper(client, filed.report, out);
    let printed = printed.map_err(|_| Trouble::unmet("the receipt can be printed"))?;
    std::fs::write(&paper, printed).map_err(|error| Trouble::unmet(format!("receipt.pdf: {error}")))?;
    let json = json!({
        "valid": true,
        "report_id": about.report.to_string(),
        "op_id": about.op.to_string(),
        "revision": about.revision.0,
        "state": verified.standing().as_str(),
        "issued_at": verified.issued_at().to_string(),
        "key_id": verified.key_id(),
        "passport": true,
        "other_passport": false,
        "bytes": token.len(),
        "paper": paper.display().to_string(),
    });
    let said = vec![
        format!(
            "{GOOD}{BOLD}genuine{BOLD:#}{GOOD:#} · issued {}  {DIM}{} bytes{DIM:#}",
            verified.issued_at(),
            token.len()
        ),
        format!("this passport     {GOOD}✓{GOOD:#} belongs to it"),
        format!("another passport  {BAD}✗{BAD:#} refused"),
        format!("on paper          {}", paper.display()),
    ];
    Ok(Done { value: Proof { header, payload, other }, detail: json, said })
}

/// Looks at everything once more.
pub(super) fn doctor(client: &ApoaClient, out: &Output) -> Result<Done<Vec<Finding>>, Trouble> {
    let findings = client.doctor();
    if let Some(problem) = findings.iter().find_map(|finding| finding.problem) {
        return Err(Trouble { code: problem, cause: "the doctor finds nothing wrong".to_owned() });
    }
    let code = |code: Option<Code>| code.map(|code| code.to_string());
    let checks: Vec<Value> = findings
        .iter()
        .map(|found| json!({ "check": found.check.as_str(), "ok": true, "code": code(found.problem) }))
        .collect();
    let mut said = vec!["everything is sound".to_owned()];
    said.extend(findings.iter().map(|found| {
        let check = found.check.as_str();
        format!("{GOOD}✓{GOOD:#} {check:7} {DIM}{}{DIM:#}", out.word(&format!("doctor-{check}"), &[]))
    }));
    Ok(Done { value: findings, detail: json!({ "checks": checks }), said })
}
