//! Country names as Indonesian permits print them, and the codes of ICAO Doc 9303-3 they stand for.
//! The list of codes itself is the crate `mrz`'s; here are the words, the ISO two-letter codes, and which codes mean
//! the same state. A word that is not known is never guessed.

use unicode_normalization::UnicodeNormalization as _;

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
    if word == "HONG KONG" || word == "HKG" || word == "HK" {
        return Some(Country { code: "CHN", variant: true });
    }
    named(&word)
        .or_else(|| canonical(&word))
        .or_else(|| two_letters(&word))
        .map(|code| Country { code, variant: false })
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

fn named(word: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(_, names)| names.contains(&word))
        .map(|(code, _)| *code)
        .or_else(|| mrz::codes().iter().find(|(_, name)| fold(name) == word).map(|(code, _)| *code))
        .or_else(|| mrz::alternate_names().iter().find(|(name, _)| fold(name) == word).map(|(_, code)| *code))
        .map(|code| canonical(code).unwrap_or(code))
}

fn two_letters(word: &str) -> Option<&'static str> {
    if word.len() != 2 {
        return None;
    }
    ISO_TWO_LETTERS
        .split_ascii_whitespace()
        .filter_map(|pair| pair.split_at_checked(2))
        .find(|(two, _)| *two == word)
        .and_then(|(_, three)| canonical(three))
}

/// Upper case without accents; everything that is no letter or digit becomes one space.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            folded.extend(c.to_uppercase());
        } else if c != '\'' && c != '’' && c != '.' && !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Words beside the English names of the crate `mrz`: Indonesian names, English short forms, and the variants that
/// offices print (PERANCIS, TIONGKOK, RRT, AS).
const NAMES: &[(&str, &[&str])] = &[
    ("AFG", &["AFGANISTAN"]),
    ("ALB", &["ALBANIA"]),
    ("DZA", &["ALJAZAIR"]),
    ("SAU", &["ARAB SAUDI", "SAUDI ARABIA"]),
    ("ARM", &["ARMENIA"]),
    ("AUS", &["AUSTRALIA"]),
    ("AUT", &["AUSTRIA"]),
    ("BHS", &["BAHAMA"]),
    ("BGD", &["BANGLADESH"]),
    ("NLD", &["BELANDA", "NETHERLANDS", "THE NETHERLANDS", "HOLLAND"]),
    ("BLR", &["BELARUS", "BELARUSIA"]),
    ("BEL", &["BELGIA"]),
    ("BIH", &["BOSNIA DAN HERZEGOVINA", "BOSNIA HERZEGOVINA", "BOSNIA AND HERZEGOVINA", "BOSNIA"]),
    ("BRA", &["BRASIL"]),
    ("BRN", &["BRUNEI", "BRUNEI DARUSSALAM"]),
    ("BGR", &["BULGARIA"]),
    ("CZE", &["CEKO", "REPUBLIK CEKO", "CZECHIA", "CZECH REPUBLIC"]),
    ("TCD", &["CAD"]),
    ("CHL", &["CHILI", "CILE"]),
    ("DNK", &["DENMARK"]),
    ("DOM", &["REPUBLIK DOMINIKA", "DOMINIKA"]),
    ("ECU", &["EKUADOR"]),
    ("ERI", &["ERITREA"]),
    ("EST", &["ESTONIA"]),
    ("ETH", &["ETIOPIA"]),
    ("FJI", &["FIJI"]),
    ("PHL", &["FILIPINA", "PILIPINA", "PHILIPPINES", "THE PHILIPPINES"]),
    ("FIN", &["FINLANDIA"]),
    ("GEO", &["GEORGIA"]),
    ("HUN", &["HUNGARIA", "HONGARIA"]),
    ("IND", &["INDIA"]),
    ("IDN", &["INDONESIA"]),
    (
        "GBR",
        &[
            "INGGRIS",
            "INGGRIS RAYA",
            "BRITANIA RAYA",
            "KERAJAAN BERSATU",
            "UNITED KINGDOM",
            "GREAT BRITAIN",
            "ENGLAND",
            "UK",
        ],
    ),
    ("IRQ", &["IRAK"]),
    ("IRN", &["IRAN", "ISLAMIC REPUBLIC OF IRAN"]),
    ("IRL", &["IRLANDIA"]),
    ("ISL", &["ISLANDIA"]),
    ("ISR", &["ISRAEL"]),
    ("ITA", &["ITALIA"]),
    ("JAM", &["JAMAIKA"]),
    ("JPN", &["JEPANG"]),
    ("D", &["JERMAN", "GERMANY"]),
    ("CMR", &["KAMERUN"]),
    ("KHM", &["KAMBOJA"]),
    ("CAN", &["KANADA"]),
    ("KAZ", &["KAZAKHSTAN", "KAZAKSTAN"]),
    ("KEN", &["KENYA"]),
    ("KGZ", &["KIRGISTAN", "KIRGIZSTAN", "KIRGIZTAN"]),
    ("COL", &["KOLOMBIA"]),
    ("COD", &["KONGO", "REPUBLIK DEMOKRATIK KONGO"]),
    (
        "KOR",
        &[
            "KOREA SELATAN",
            "KOREA",
            "REPUBLIK KOREA",
            "SOUTH KOREA",
            "REPUBLIC OF KOREA",
            "KOREA REPUBLIC OF",
        ],
    ),
    ("PRK", &["KOREA UTARA", "NORTH KOREA", "DPRK"]),
    ("RKS", &["KOSOVO"]),
    ("CRI", &["KOSTA RIKA"]),
    ("HRV", &["KROASIA"]),
    ("CUB", &["KUBA"]),
    ("KWT", &["KUWAIT"]),
    ("LAO", &["LAOS"]),
    ("LVA", &["LATVIA"]),
    ("LBN", &["LEBANON", "LIBANON"]),
    ("LBY", &["LIBIA"]),
    ("LTU", &["LITUANIA", "LITHUANIA"]),
    ("LUX", &["LUKSEMBURG"]),
    ("MDG", &["MADAGASKAR"]),
    ("MAC", &["MAKAU", "MACAU", "MACAO"]),
    ("MKD", &["MAKEDONIA UTARA", "MAKEDONIA"]),
    ("MDV", &["MALADEWA"]),
    ("MYS", &["MALAYSIA"]),
    ("MLT", &["MALTA"]),
    ("MAR", &["MAROKO"]),
    ("MEX", &["MEKSIKO"]),
    ("EGY", &["MESIR"]),
    ("MDA", &["MOLDOVA"]),
    ("MCO", &["MONAKO"]),
    ("MNG", &["MONGOLIA"]),
    ("MOZ", &["MOZAMBIK"]),
    ("MMR", &["MYANMAR", "BURMA"]),
    ("NAM", &["NAMIBIA"]),
    ("NPL", &["NEPAL"]),
    ("NGA", &["NIGERIA"]),
    ("NOR", &["NORWEGIA"]),
    ("PAK", &["PAKISTAN"]),
    ("PSE", &["PALESTINA", "PALESTINE"]),
    ("PNG", &["PAPUA NUGINI", "PAPUA NEW GUINEA"]),
    ("FRA", &["PRANCIS", "PERANCIS"]),
    ("CIV", &["PANTAI GADING", "IVORY COAST"]),
    ("POL", &["POLANDIA"]),
    ("PRT", &["PORTUGAL"]),
    ("ROU", &["RUMANIA", "RUMENIA"]),
    ("RUS", &["RUSIA", "FEDERASI RUSIA", "RUSSIA", "RUSSIAN FEDERATION"]),
    ("SLB", &["KEPULAUAN SOLOMON"]),
    ("NZL", &["SELANDIA BARU"]),
    ("SRB", &["SERBIA"]),
    ("SGP", &["SINGAPURA"]),
    ("CYP", &["SIPRUS"]),
    ("SVK", &["SLOWAKIA", "SLOVAKIA"]),
    ("SVN", &["SLOVENIA"]),
    ("ESP", &["SPANYOL"]),
    ("LKA", &["SRI LANKA"]),
    ("ZAF", &["AFRIKA SELATAN"]),
    ("CAF", &["REPUBLIK AFRIKA TENGAH"]),
    ("SSD", &["SUDAN SELATAN"]),
    ("SYR", &["SURIAH", "SYRIA"]),
    ("SUR", &["SURINAME"]),
    ("SWE", &["SWEDIA"]),
    ("CHE", &["SWISS", "SWITZERLAND"]),
    ("TJK", &["TAJIKISTAN"]),
    ("TWN", &["TAIWAN", "TAIWAN PROVINSI TIONGKOK"]),
    ("TZA", &["TANZANIA"]),
    ("THA", &["THAILAND", "MUANGTHAI"]),
    (
        "CHN",
        &[
            "TIONGKOK",
            "CINA",
            "RRT",
            "RRC",
            "REPUBLIK RAKYAT TIONGKOK",
            "REPUBLIK RAKYAT CINA",
            "CHINA",
            "PEOPLES REPUBLIC OF CHINA",
        ],
    ),
    ("TLS", &["TIMOR LESTE", "EAST TIMOR"]),
    ("TTO", &["TRINIDAD DAN TOBAGO"]),
    ("TUN", &["TUNISIA"]),
    ("TUR", &["TURKI", "TURKEY", "TURKIYE"]),
    ("TKM", &["TURKMENISTAN"]),
    ("UKR", &["UKRAINA"]),
    ("ARE", &["UNI EMIRAT ARAB", "UEA", "UNITED ARAB EMIRATES", "UAE"]),
    ("UZB", &["UZBEKISTAN"]),
    ("VAT", &["VATIKAN", "VATICAN CITY"]),
    ("VEN", &["VENEZUELA"]),
    ("VNM", &["VIETNAM", "VIET NAM"]),
    ("YEM", &["YAMAN"]),
    ("JOR", &["YORDANIA"]),
    ("GRC", &["YUNANI"]),
    ("USA", &["AMERIKA SERIKAT", "AS", "USA", "AMERIKA", "UNITED STATES", "UNITED STATES OF AMERICA"]),
    ("UTO", &["UTOPIA"]),
    ("XXA", &["TANPA KEWARGANEGARAAN", "STATELESS"]),
];

/// ISO 3166-1: each two-letter code before its three-letter code.
const ISO_TWO_LETTERS: &str = "\
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD \
BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN \
CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU \
DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB \
GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HMHMD \
HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN \
KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX \
LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT \
MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN \
PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS \
RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV \
SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA \
UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF \
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
        ] {
            assert_eq!(find(printed), Some(Country { code, variant: false }), "{printed}");
        }
        assert_eq!(find("HONG KONG"), Some(Country { code: "CHN", variant: true }));
        assert_eq!(find("NEGERI CONTOH"), None);
        assert_eq!(find(" . "), None);
    }

    #[test]
    fn every_name_and_two_letter_code_leads_to_a_known_code_and_no_name_to_two() {
        for (code, names) in NAMES {
            assert_eq!(canonical(code), Some(*code), "{code}");
            for name in *names {
                assert_eq!(fold(name), *name);
                assert_eq!(NAMES.iter().filter(|(_, others)| others.contains(name)).count(), 1, "{name}");
            }
        }
        for pair in ISO_TWO_LETTERS.split_ascii_whitespace() {
            assert_eq!(pair.len(), 5, "{pair}");
            assert!(canonical(&pair[2..]).is_some(), "{pair}");
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
