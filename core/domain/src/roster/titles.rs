//! The words by which columns are known. A title is folded to a set of plain words: case, accents and punctuation do not
//! count, abbreviations and both languages become one word, and the order of words is no matter. So `No. Paspor`,
//! `NOMOR PASPOR` and `Passport Number` are one title.

use std::collections::BTreeSet;

use crate::fields::Field;
use crate::unicode::{is_mark, nfd};

/// Words of one meaning, before the word that stands for them. Some are two words written as one.
const WORDS: &[(&str, &str)] = &[
    ("alamat", "address addr almt"),
    ("akhir", "end berakhir selesai terakhir last ends ending finish"),
    ("berangkat", "keberangkatan departure departs"),
    (
        "berlaku",
        "expiry expires expired expire expiration exp expdate valid validity until kadaluarsa kadaluwarsa kedaluwarsa \
         habis sampai hingga sd masa jatuh tempo",
    ),
    ("dokumen", "document doc"),
    ("grup", "group rombongan kelompok"),
    ("hubungan", "relation relationship"),
    ("inap", "menginap"),
    ("indeks", "index"),
    ("izin", "permit ijin"),
    ("jabatan", "position posisi pekerjaan occupation title profesi profession role job"),
    ("jenis", "type kind tipe jns"),
    ("kamar", "room rm kmr"),
    ("kelamin", "sex gender seks jk jkel lp"),
    ("keterangan", "remarks remark catatan note notes ket comment comments"),
    ("kerja", "bekerja work working employment"),
    ("kitas", "itas kitap itap ekitas eitas"),
    ("kontrak", "contract"),
    ("lahir", "birth born kelahiran"),
    ("lama", "length duration durasi"),
    ("lokasi", "location loc"),
    ("malam", "night nights"),
    ("masuk", "join joined joining hire hired entry"),
    ("mulai", "start starting starts commencement begin first pertama"),
    ("nama", "name nm"),
    (
        "negara",
        "kebangsaan kewarganegaraan nationality citizenship country state wn warganegara kebangsaaan kewarganegaran",
    ),
    ("no", "nomor number nomer num nmr nbr numb n nº"),
    ("ortu", "parent parents tua"),
    ("paspor", "passport pasport passpor pasp"),
    ("penjamin", "guarantor sponsor"),
    ("perjalanan", "travel"),
    ("persetujuan", "approval pengesahan"),
    ("perusahaan", "company employer firma"),
    ("proyek", "project"),
    ("register", "registration registrasi reg"),
    ("rencana", "planned plan"),
    ("sejak", "since"),
    ("tempat", "place tmpt tpt"),
    ("terbit", "penerbit issuing issued issuer issue diterbitkan"),
    ("tgl", "tanggal date tg tangal hari day"),
    ("tiba", "arrival kedatangan datang arrive arrives"),
    ("tinggal", "stay residence"),
    ("tujuan", "purpose maksud keperluan"),
    ("kunjungan", "visit"),
    ("cabang", "branch"),
    ("email", "surel mail"),
    ("nama paspor", "namapaspor"),
    ("nama", "namalengkap fullname"),
    ("no paspor", "nopaspor nomorpaspor passportno passportnumber pasporno"),
    ("lahir tgl", "tgllahir tanggallahir birthdate dob dateofbirth"),
    ("lahir tempat", "tempatlahir birthplace pob placeofbirth"),
    ("jenis kelamin", "jeniskelamin jnskelamin"),
    ("kerja mulai", "mulaikerja mulaibekerja"),
    ("mulai tgl", "startdate tglmulai tanggalmulai"),
    ("alamat kerja", "workaddress alamatkerja workplace"),
    ("izin no", "noizin nomorizin permitno permitnumber"),
    ("kitas no", "nokitas noitas"),
];

/// Words that say nothing about which fact a column holds.
const FILLERS: &str = "of the a an and or dan atau di pada in on at for untuk per from dari to as sesuai dengan with \
                       this is s d e data harap diisi wajib required optional opsional lengkap full complete \
                       pekerja worker workers employee karyawan pegawai tka wna tamu guest guests foreigner orang \
                       asing holder pemegang dd mm yyyy yy ddmmyyyy tahun bulan asal origin warga their his her \
                       tertulis printed jumlah total";

/// The facts and the titles that lists give them, in plain words. The first title of a fact is the shortest.
const TITLES: &[(Field, &[&str])] = &[
    (Field::FullName, &["nama", "nama paspor"]),
    (Field::BirthDate, &["lahir tgl", "lahir"]),
    (Field::BirthPlace, &["lahir tempat", "kota lahir", "city lahir"]),
    (Field::Nationality, &["negara"]),
    (Field::Sex, &["kelamin", "jenis kelamin", "l p", "f m"]),
    (
        Field::PassportNumber,
        &["no paspor", "paspor", "dokumen no perjalanan", "dokumen perjalanan", "dokumen no"],
    ),
    (
        Field::IssuingState,
        &["negara terbit", "negara paspor terbit", "paspor terbit", "terbit", "negara paspor"],
    ),
    (Field::PassportExpiry, &["berlaku paspor"]),
    (
        Field::PermitNumber,
        &["izin no", "izin no tinggal", "kitas no", "kitas", "izin kitas no", "izin kitas no tinggal"],
    ),
    (Field::PermitKind, &["izin jenis", "izin jenis tinggal", "jenis kitas"]),
    (Field::PermitIndex, &["indeks izin", "indeks", "indeks izin tinggal", "indeks visa", "indeks kitas"]),
    (
        Field::PermitExpiry,
        &[
            "berlaku izin",
            "berlaku izin tinggal",
            "berlaku kitas",
            "berlaku izin kitas",
            "berlaku izin kitas tinggal",
        ],
    ),
    (Field::Niora, &["niora", "niora no"]),
    (Field::RegisterNumber, &["no register", "register"]),
    (Field::VisaNumber, &["no visa", "visa"]),
    (Field::Email, &["email", "alamat email"]),
    (Field::Remarks, &["keterangan"]),
    (Field::ParentPassportNumber, &["no ortu paspor", "ortu paspor"]),
    (Field::CheckIn, &["checkin", "checkin tgl", "tiba", "tgl tiba", "masuk tgl", "masuk"]),
    (Field::Nights, &["malam", "lama tinggal", "inap lama"]),
    (
        Field::CheckOutPlanned,
        &[
            "checkout rencana",
            "checkout",
            "checkout tgl",
            "checkout rencana tgl",
            "berangkat",
            "berangkat tgl",
        ],
    ),
    (Field::Purpose, &["tujuan", "kunjungan tujuan", "tinggal tujuan", "inap tujuan"]),
    (Field::Room, &["kamar", "kamar no"]),
    (Field::GroupId, &["grup", "grup id", "grup no"]),
    (
        Field::Start,
        &[
            "kerja mulai",
            "kerja mulai tgl",
            "mulai tgl",
            "mulai",
            "masuk tgl",
            "kerja masuk tgl",
            "kerja masuk",
            "jabatan mulai",
            "jabatan mulai tgl",
        ],
    ),
    (Field::Position, &["jabatan"]),
    (
        Field::WorkAddress,
        &[
            "alamat kerja",
            "alamat kerja tempat",
            "kerja tempat",
            "kerja lokasi",
            "alamat",
            "alamat perusahaan",
            "alamat kantor",
            "alamat office",
        ],
    ),
    (
        Field::Guarantor,
        &[
            "penjamin",
            "nama penjamin",
            "nama perusahaan",
            "perusahaan",
            "penjamin perusahaan",
            "kerja pemberi",
        ],
    ),
    (Field::Site, &["site", "lokasi", "proyek", "lokasi proyek", "cabang", "nama site", "lokasi site"]),
    (Field::ContractEnd, &["akhir kontrak", "berlaku kontrak", "akhir kontrak tgl"]),
    (
        Field::WorkApprovalNumber,
        &["kerja no persetujuan", "no rptka", "rptka", "imta no", "imta", "no notifikasi", "notifikasi"],
    ),
    (Field::Address, &["alamat", "alamat tinggal", "tempat tinggal"]),
    (Field::Since, &["sejak", "sejak tgl", "mulai tgl", "mulai tinggal"]),
    (Field::Relation, &["hubungan"]),
    (Field::Until, &["berlaku"]),
    (Field::RefusedAt, &["penolakan waktu", "refused", "penolakan tgl"]),
    (Field::Place, &["tempat", "lokasi"]),
    (Field::AskedFor, &["asked", "diminta"]),
    (Field::Shown, &["shown", "ditunjukkan"]),
    (Field::Said, &["said", "dikatakan"]),
    (Field::Language, &["language", "bahasa"]),
    (Field::OfficeInformed, &["informed office", "diberi kantor tahu"]),
];

/// Lower case without accents; whatever is no letter or digit parts words. Apostrophes do not.
pub(super) fn fold(title: &str) -> String {
    let mut folded = String::with_capacity(title.len());
    for c in nfd(title.chars()).filter(|c| !is_mark(*c)) {
        if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        } else if c != '\'' && c != '’' && !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The plain words of a folded title, sorted, each once.
fn plain(folded: &str) -> String {
    let mut words: BTreeSet<&str> = BTreeSet::new();
    // "In" and "out" say something only here.
    let folded = folded.replace("check in", "checkin").replace("check out", "checkout");
    for word in
        folded.split(' ').filter(|word| !FILLERS.split_ascii_whitespace().any(|filler| filler == *word))
    {
        let one = WORDS
            .iter()
            .find(|(_, others)| others.split_ascii_whitespace().any(|other| other == word))
            .map_or(word, |(one, _)| *one);
        words.extend(one.split(' '));
    }
    // "Valid until", "date of expiry" and "end of validity" are one.
    if words.contains("berlaku") {
        words.remove("tgl");
        words.remove("akhir");
    }
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// Which of these facts a title means: by its code, by its words, or by its words without what stands in brackets.
/// Never by a part of it: `Nama Ibu` is nobody's name here.
pub(super) fn fact_of(title: &str, facts: &[Field]) -> Option<Field> {
    let folded = fold(title);
    if folded.is_empty() || folded.len() > 120 {
        return None;
    }
    let by_code = facts.iter().find(|field| field.as_str().replace('_', " ") == folded);
    let by_words = |folded: &str| {
        let words = plain(folded);
        let means = |field: &&Field| {
            TITLES.iter().any(|(known, titles)| known == *field && titles.contains(&words.as_str()))
        };
        facts.iter().find(means).copied()
    };
    let without_brackets = || {
        let (head, _) = title.split_once(['(', '[', '\n'])?;
        let head = fold(head);
        if head.is_empty() { None } else { by_words(&head) }
    };
    by_code.copied().or_else(|| by_words(&folded)).or_else(without_brackets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::kinds::{Need, ReportKind};
    use crate::roster::columns::facts;

    #[test]
    fn the_titles_that_lists_give_are_known_in_both_languages() {
        let worker = facts(ReportKind::WorkerStart);
        for (title, field) in [
            ("nama lengkap", Field::FullName),
            ("Full Name", Field::FullName),
            ("Nama TKA", Field::FullName),
            ("Name (as in passport)", Field::FullName),
            ("tgl lahir", Field::BirthDate),
            ("Tgl. Lahir", Field::BirthDate),
            ("TANGGAL LAHIR", Field::BirthDate),
            ("Date of Birth", Field::BirthDate),
            ("birth_date", Field::BirthDate),
            ("Tempat Lahir", Field::BirthPlace),
            ("Place of birth", Field::BirthPlace),
            ("kebangsaan", Field::Nationality),
            ("Kewarganegaraan", Field::Nationality),
            ("Country", Field::Nationality),
            ("L/P", Field::Sex),
            ("jenis kelamin", Field::Sex),
            ("JK", Field::Sex),
            ("Gender", Field::Sex),
            ("nomor paspor", Field::PassportNumber),
            ("no. paspor", Field::PassportNumber),
            ("No.Paspor", Field::PassportNumber),
            ("passport no", Field::PassportNumber),
            ("Pásport Nº", Field::PassportNumber),
            ("Passport #", Field::PassportNumber),
            ("Masa Berlaku Paspor", Field::PassportExpiry),
            ("Passport expiry date", Field::PassportExpiry),
            ("Paspor berlaku s/d", Field::PassportExpiry),
            ("No. KITAS", Field::PermitNumber),
            ("Nomor Izin Tinggal", Field::PermitNumber),
            ("KITAS berlaku hingga", Field::PermitExpiry),
            ("Jenis Izin Tinggal", Field::PermitKind),
            ("NIORA", Field::Niora),
            ("mulai bekerja", Field::Start),
            ("Start date", Field::Start),
            ("Tanggal mulai kerja", Field::Start),
            ("Join date", Field::Start),
            ("jabatan", Field::Position),
            ("Job title", Field::Position),
            ("alamat kerja", Field::WorkAddress),
            ("Work location", Field::WorkAddress),
            ("penjamin", Field::Guarantor),
            ("Nama Perusahaan", Field::Guarantor),
            ("Sponsor", Field::Guarantor),
            ("Lokasi proyek", Field::Site),
            ("Tanggal berakhir kontrak", Field::ContractEnd),
            ("No. RPTKA", Field::WorkApprovalNumber),
            ("Keterangan", Field::Remarks),
            ("E-mail", Field::Email),
        ] {
            assert_eq!(fact_of(title, &worker), Some(field), "{title}");
        }
    }

    #[test]
    fn a_title_of_something_else_is_none() {
        let worker = facts(ReportKind::WorkerStart);
        for title in
            ["", "No", "No.", "Nama Ibu", "Gaji", "Salary", "Status", "Tanggal", "Name of school", "?"]
        {
            assert_eq!(fact_of(title, &worker), None, "{title}");
        }
        assert_eq!(fact_of("Check-in", &worker), None, "a worker has no arrival");
    }

    #[test]
    fn words_stand_for_one_another_in_one_way_only() {
        let mut seen = BTreeSet::new();
        for word in WORDS.iter().flat_map(|(_, others)| others.split_ascii_whitespace()) {
            assert!(seen.insert(word), "{word} twice");
            assert_eq!(fold(word), word);
        }
        for (field, titles) in TITLES {
            for title in *titles {
                assert_eq!(plain(title), *title, "{field}");
            }
        }
    }

    #[test]
    fn no_title_means_two_facts_of_one_kind() {
        for kind in ReportKind::ALL {
            let mut seen = BTreeSet::new();
            for (field, titles) in TITLES.iter().filter(|(field, _)| kind.need(*field) != Need::Foreign) {
                for title in *titles {
                    assert!(seen.insert(*title), "{kind}: {title} of {field}");
                }
            }
        }
    }
}
