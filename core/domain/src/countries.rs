//! Country names as Indonesian permits print them, and the codes of ICAO Doc 9303-3 they stand for.
//! The list of codes itself is the crate `mrz`'s; here are the words that permits print beside the names of CLDR
//! (`names`), the ISO two-letter codes, and which codes mean the same state. A word that is not known, or that two
//! states share (KONGO), is never guessed.

mod names;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::unicode::{is_mark, nfd};

/// What a printed word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// The code of Doc 9303-3.
    pub code: &'static str,
    /// The word is narrower than the code (a Hong Kong passport carries `CHN`): equal codes are then a variant only.
    pub variant: bool,
}

/// How two codes relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// One state, under one or two codes (`D` and `DEU`).
    Same,
    /// Legitimately written either way (`GBR` and `GBN`).
    Variant,
    /// Two states.
    Different,
}

/// Finds the country that a printed word, an ICAO code or an ISO code stands for.
/// Aliases come before codes, because `AS` is printed for the USA and is also an ISO code.
pub fn find(printed: &str) -> Option<Country> {
    let word = fold(printed);
    if word.is_empty() {
        return None;
    }
    let code = named(&word).or_else(|| canonical(&word)).or_else(|| two_letters(&word))?;
    Some(if code == HONG_KONG {
        Country { code: "CHN", variant: true }
    } else {
        Country { code, variant: false }
    })
}

/// The name of a code's state or territory in Indonesian, for screens.
pub fn indonesian_name(code: &str) -> Option<&'static str> {
    names::of(two_of(code)?).map(names::Row::indonesian)
}

/// The same in English.
pub fn english_name(code: &str) -> Option<&'static str> {
    names::of(two_of(code)?).map(names::Row::english)
}

/// The names of all territories that have a code, in Indonesian and English: each is found again.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    names::rows().filter(|row| two_letters(row.two).is_some()).map(|row| (row.indonesian(), row.english()))
}

/// The code of Doc 9303-3 for an ICAO or ISO three-letter code (`DEU` is `D`, `XKX` is `RKS`); none if nobody issued it.
pub fn canonical(code: &str) -> Option<&'static str> {
    match code {
        "DEU" => return Some("D"),
        "XKX" => return Some("RKS"),
        _ => {}
    }
    mrz::codes().iter().map(|(known, _)| *known).find(|known| *known == code)
}

/// Whether two codes name one state.
pub fn kinship(one: &str, other: &str) -> Kinship {
    if mrz::codes_equivalent(one, other) {
        Kinship::Same
    } else if (british(one) && british(other)) || (chinese(one) && chinese(other)) {
        Kinship::Variant
    } else {
        Kinship::Different
    }
}

/// The nationality variants of Doc 9303-3 Part D: all are printed INGGRIS.
fn british(code: &str) -> bool {
    matches!(code, "GBR" | "GBN" | "GBD" | "GBO" | "GBP" | "GBS")
}

/// Passports of Hong Kong and Macao carry `CHN`; ISO gives the regions codes of their own.
fn chinese(code: &str) -> bool {
    matches!(code, "CHN" | "HKG" | "MAC")
}

/// Every known word, folded. A word of an earlier source stays with its code.
fn named(word: &str) -> Option<&'static str> {
    static WORDS: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let aliases = ALIASES.iter().flat_map(|(code, names)| names.iter().map(move |name| (*name, *code)));
        let cldr = names::rows().filter_map(|row| Some((row, two_letters(row.two)?)));
        let cldr = cldr.flat_map(|(row, code)| row.all().map(move |name| (name, code)));
        let english = mrz::codes().iter().map(|(code, name)| (*name, *code));
        let mut words = HashMap::new();
        for (name, code) in aliases.chain(cldr).chain(english).chain(mrz::alternate_names().iter().copied()) {
            words.entry(fold(name)).or_insert_with(|| canonical(code).unwrap_or(code));
        }
        words
    });
    words.get(word).copied()
}

/// Each two-letter code with its three-letter code.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    ISO_TWO_LETTERS.split_ascii_whitespace().filter_map(|pair| pair.split_at_checked(2))
}

fn two_letters(word: &str) -> Option<&'static str> {
    pairs().find(|(two, _)| *two == word).and_then(|(_, three)| canonical(three))
}

fn two_of(code: &str) -> Option<&'static str> {
    let code = canonical(code)?;
    pairs().find(|(_, three)| canonical(three) == Some(code)).map(|(two, _)| two)
}

/// Upper case without accents; everything that is no letter or digit becomes one space.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in nfd(text.chars()).filter(|c| !is_mark(*c)) {
        if c.is_alphanumeric() {
            folded.extend(c.to_uppercase());
        } else if c != '\'' && c != '’' && c != '.' && !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Words that permits print and CLDR does not have, or has for another code. By hand, and first: AS is printed for the
/// USA, and CLDR calls the United Kingdom "Inggris Raya".
const ALIASES: &[(&str, &[&str])] = &[
    ("ARE", &["UEA", "UAE"]),
    ("BIH", &["BOSNIA AND HERZEGOVINA"]),
    ("BLR", &["BELARUSIA"]),
    ("BRN", &["BRUNEI DARUSSALAM"]),
    (
        "CHN",
        &[
            "TIONGKOK",
            "CINA",
            "RRT",
            "RRC",
            "REPUBLIK RAKYAT TIONGKOK",
            "REPUBLIK RAKYAT CINA",
            "PEOPLES REPUBLIC OF CHINA",
        ],
    ),
    ("CHL", &["CHILI"]),
    ("COD", &["REPUBLIK DEMOKRATIK KONGO"]),
    ("COG", &["REPUBLIK KONGO"]),
    ("FRA", &["PERANCIS"]),
    ("GBR", &["INGGRIS", "BRITANIA RAYA", "KERAJAAN BERSATU", "GREAT BRITAIN", "ENGLAND"]),
    ("HUN", &["HONGARIA"]),
    ("IRN", &["ISLAMIC REPUBLIC OF IRAN"]),
    ("KAZ", &["KAZAKSTAN"]),
    ("KGZ", &["KIRGISTAN", "KIRGIZTAN"]),
    ("KOR", &["KOREA", "REPUBLIK KOREA", "REPUBLIC OF KOREA", "KOREA REPUBLIC OF"]),
    ("LBN", &["LIBANON"]),
    ("LBY", &["LIBIA"]),
    ("MAC", &["MACAU"]),
    ("MKD", &["MAKEDONIA"]),
    ("MMR", &["BURMA"]),
    ("NLD", &["THE NETHERLANDS", "HOLLAND"]),
    ("PHL", &["PILIPINA", "THE PHILIPPINES"]),
    ("PRK", &["DPRK"]),
    ("ROU", &["RUMENIA"]),
    ("RUS", &["FEDERASI RUSIA", "RUSSIAN FEDERATION"]),
    ("SVK", &["SLOWAKIA"]),
    ("TCD", &["CAD"]),
    ("THA", &["MUANGTHAI"]),
    ("TWN", &["TAIWAN PROVINSI TIONGKOK"]),
    ("USA", &["AS", "USA", "AMERIKA", "UNITED STATES OF AMERICA"]),
    ("UTO", &["UTOPIA"]),
    ("VNM", &["VIET NAM"]),
    ("XXA", &["TANPA KEWARGANEGARAAN", "STATELESS"]),
];

/// Hong Kong has a code of ISO, but its passports carry China's.
const HONG_KONG: &str = "HKG";

/// ISO 3166-1: each two-letter code before its three-letter code. EU and UN are reserved there and have codes of
/// Doc 9303-3.
const ISO_TWO_LETTERS: &str = "\
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD \
BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN \
CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU \
DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH EUEUE FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB \
GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD \
HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN \
KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX \
LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT \
MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN \
PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS \
RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV \
SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA \
UAUKR UGUGA UMUMI UNUNO USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF \
ZMZMB ZWZWE";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_permits_print_give_the_passports_codes() {
        for (printed, code) in [
            ("SINGAPURA", "SGP"),
            ("Belanda", "NLD"),
            ("JERMAN", "D"),
            ("JEPANG", "JPN"),
            ("MESIR", "EGY"),
            ("YUNANI", "GRC"),
            ("SELANDIA  BARU", "NZL"),
            ("INGGRIS", "GBR"),
            ("RRT", "CHN"),
            ("RRC", "CHN"),
            ("CINA", "CHN"),
            ("PERANCIS", "FRA"),
            ("AS", "USA"),
            ("UTOPIA", "UTO"),
            ("UTO", "UTO"),
            ("DEU", "D"),
            ("de", "D"),
            ("XKX", "RKS"),
            ("XXA", "XXA"),
            ("GBN", "GBN"),
            ("Kenya", "KEN"),
            ("Côte d'Ivoire", "CIV"),
            ("Bosnia & Herzegovina", "BIH"),
            ("Bosnia dan Herzegovina", "BIH"),
            ("Dominika", "DMA"),
            ("Republik Dominika", "DOM"),
            ("Kongo - Kinshasa", "COD"),
            ("Samoa Amerika", "ASM"),
            ("Perserikatan Bangsa-Bangsa", "UNO"),
            ("Uni Eropa", "EUE"),
            ("Inggris Raya", "GBR"),
            ("Türkiye", "TUR"),
        ] {
            assert_eq!(find(printed), Some(Country { code, variant: false }), "{printed}");
        }
        for hong_kong in ["HONG KONG", "hk", "HKG", "Hong Kong DAK Tiongkok", "Hong Kong SAR China"] {
            assert_eq!(find(hong_kong), Some(Country { code: "CHN", variant: true }), "{hong_kong}");
        }
        assert_eq!(find("KONGO"), None);
        assert_eq!(find("NEGERI CONTOH"), None);
        assert_eq!(find(" . "), None);
    }

    #[test]
    fn every_name_and_two_letter_code_leads_to_a_known_code_and_no_name_to_two() {
        for (code, names) in ALIASES {
            assert_eq!(canonical(code), Some(*code), "{code}");
            for name in *names {
                assert_eq!(fold(name), *name);
                assert_eq!(ALIASES.iter().filter(|(_, others)| others.contains(name)).count(), 1, "{name}");
            }
        }
        let mut seen = HashMap::new();
        for row in names::rows() {
            for name in row.all() {
                assert!(seen.insert(fold(name), row.two).is_none_or(|two| two == row.two), "{name}");
            }
        }
        for pair in ISO_TWO_LETTERS.split_ascii_whitespace() {
            assert_eq!(pair.len(), 5, "{pair}");
            assert!(canonical(&pair[2..]).is_some(), "{pair}");
        }
    }

    #[test]
    fn every_code_of_a_territory_has_a_name_in_both_languages_that_leads_back_to_it() {
        // Codes without a territory, and why CLDR has no name for them.
        let nameless = [
            ("UTO", "the specimen of Doc 9303"),
            ("GBD GBN GBO GBP GBS", "kinds of British nationality"),
            ("XXA XXB XXC XXX", "persons without a nationality"),
            ("UNA UNK", "parts of the United Nations"),
            ("XOM XBA XIM XCC XCO XEC XPO XCE XES XMP XDC IAO", "organisations that issue documents"),
            ("ANT NTZ", "territories that no longer exist"),
        ];
        for (code, _) in mrz::codes() {
            let named = indonesian_name(code).zip(english_name(code));
            let expected = nameless.iter().all(|(codes, _)| !codes.split(' ').any(|other| other == *code));
            assert_eq!(named.is_some(), expected, "{code}");
            let Some((indonesian, english)) = named else { continue };
            for name in [indonesian, english] {
                let found = find(name).unwrap();
                assert_eq!(
                    kinship(found.code, code),
                    if found.variant { Kinship::Variant } else { Kinship::Same }
                );
            }
        }
        assert_eq!((indonesian_name("D"), english_name("DEU")), (Some("Jerman"), Some("Germany")));
        assert_eq!(indonesian_name("UTO"), None);
    }

    #[test]
    fn every_name_that_a_list_offers_is_found_again() {
        assert!(names().count() > 200);
        for (indonesian, english) in names() {
            assert_eq!(find(indonesian).map(|found| found.code), find(english).map(|found| found.code));
            assert!(find(english).is_some(), "{english}");
        }
    }

    #[test]
    fn codes_of_one_state_are_same_or_variants() {
        assert_eq!(kinship("D", "DEU"), Kinship::Same);
        assert_eq!(kinship("RKS", "XKX"), Kinship::Same);
        assert_eq!(kinship("GBR", "GBN"), Kinship::Variant);
        assert_eq!(kinship("CHN", "HKG"), Kinship::Variant);
        assert_eq!(kinship("UTO", "D"), Kinship::Different);
    }
}
