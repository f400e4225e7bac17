//! The codes of states and issuers in ICAO Doc 9303-3, section 5: those of ISO 3166-1 with the exceptions below.

/// Codes of the document that ISO 3166-1 does not have: Germany's own, the British nationalities, Kosovo, the United
/// Nations, other issuing organisations, persons without a state, the specimen, and what older passports carry.
const OWN: &[&str] = &[
    "D", "GBD", "GBN", "GBO", "GBP", "GBS", "RKS", "UNA", "UNK", "UNO", "EUE", "IAO", "XBA", "XCC", "XCE",
    "XCO", "XDC", "XEC", "XES", "XIM", "XMP", "XOM", "XPO", "XXA", "XXB", "XXC", "XXX", "UTO", "ANT", "NTZ",
];

/// The code of ISO 3166-1 that Doc 9303-3 replaces: it writes `D`.
const REPLACED: &str = "DEU";

/// Whether a passport may carry this code.
pub(crate) fn is_code(text: &str) -> bool {
    let of_iso = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) && text != REPLACED;
    OWN.contains(&text) || (of_iso && celes::Country::from_alpha3(text).is_ok())
}
