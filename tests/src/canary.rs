//! Planted secrets, and the search for them: nothing personal and no key stands in clear in any file the core writes,
//! nor in a log line, an error or a `Debug` text.
//!
//! What a report, a profile and a sign-in can carry is planted by name; tokens, keys and passport numbers that come up
//! while a test runs are planted as they are made.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use apoa_core::fields::Field;
use apoa_core::report::profile::ProfileField;
use apoa_core::{NoRandomness, Random, SystemRandom};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};

use crate::phone::{PASSWORD, USER, VAULT};

/// What a report or a follow-up says. Days between which a stay lies are none: they are today's, as in every log line.
pub const FIELDS: &[(Field, &str)] = &[
    (Field::FullName, "ERIKSSON ANNA MARIA"),
    (Field::Surname, "ERIKSSON"),
    (Field::GivenNames, "ANNA MARIA"),
    (Field::BirthDate, "1974-08-12"),
    (Field::BirthPlace, "ZENITH RAHASIA"),
    (Field::PassportNumber, "L898902C3"),
    (Field::PassportExpiry, "2037-04-15"),
    (Field::PermitNumber, "2C21RHS0001X"),
    (Field::PermitIndex, "INDEKS RAHASIA"),
    (Field::PermitExpiry, "2038-02-17"),
    (Field::Niora, "NRARHS000002"),
    (Field::RegisterNumber, "REGRHS000003"),
    (Field::VisaNumber, "VISARHS00004"),
    (Field::Email, "rahasia@example.org"),
    (Field::Remarks, "PESAN SANGAT RAHASIA"),
    (Field::ParentPassportNumber, "L898902D1"),
    (Field::Purpose, "other:TUJUAN KUNJUNGAN RAHASIA"),
    (Field::Room, "KAMAR RAHASIA 17"),
    (Field::GroupId, "ROMBONGAN RAHASIA"),
    (Field::Position, "JABATAN RAHASIA"),
    (Field::WorkAddress, "ALAMAT KERJA RAHASIA"),
    (Field::Guarantor, "PENJAMIN RAHASIA"),
    (Field::Site, "LOKASI RAHASIA"),
    (Field::WorkApprovalNumber, "RPTKARHS0005"),
    (Field::ContractEnd, "2039-03-18"),
    (Field::Address, "ALAMAT TINGGAL RAHASIA"),
    (Field::Relation, "other:HUBUNGAN RAHASIA"),
    (Field::Until, "2041-05-19"),
    (Field::Place, "TEMPAT RAHASIA"),
    (Field::AskedFor, "PERMINTAAN RAHASIA"),
    (Field::Shown, "TUNJUKAN RAHASIA"),
    (Field::Said, "UCAPAN RAHASIA"),
    (Field::Language, "BAHASA RAHASIA"),
    (Field::NextDestination, "TUJUAN RAHASIA"),
    (Field::Old, "NILAI LAMA RAHASIA"),
    (Field::New, "NILAI BARU RAHASIA"),
    (Field::Reason, "ALASAN RAHASIA"),
];

/// What a unit says about itself.
pub const PROFILE: &[(ProfileField, &str)] = &[
    (ProfileField::Name, "LOSMEN RAHASIA"),
    (ProfileField::Address, "ALAMAT LOSMEN RAHASIA"),
    (ProfileField::Office, "KANTOR RAHASIA"),
    (ProfileField::PersonInCharge, "PENANGGUNG RAHASIA"),
    (ProfileField::BusinessNumber, "NIBRAHASIA006"),
    (ProfileField::Licence, "SIUPRAHASIA007"),
    (ProfileField::Guarantor, "PENJAMIN PROFIL RAHASIA"),
    (ProfileField::WorkAddress, "ALAMAT PROFIL RAHASIA"),
    (ProfileField::Site, "LOKASI PROFIL RAHASIA"),
    (ProfileField::HrContact, "KONTAK RAHASIA"),
    (ProfileField::Relation, "other:HUBUNGAN PROFIL RAHASIA"),
];

/// The rest: who signs in and how, the unit's name on the server, why a stay is another one, what a code or a person
/// was compared with, what somebody looks for.
pub const OTHERS: &[(&str, &str)] = &[
    ("user name", USER),
    ("password", PASSWORD),
    ("wrong password", "kata sandi yang salah"),
    ("name of a unit", "Losmen Contoh"),
    ("reason of a second stay", "KEMBALI LAGI RAHASIA"),
    ("reason of a withdrawal", "ALASAN BATAL RAHASIA"),
    ("draft that is thrown away", "RAHASIA DRAF"),
    ("searched text", "CARIAN RAHASIA"),
];

/// The planted value of a field.
pub fn value(field: Field) -> &'static str {
    FIELDS
        .iter()
        .find(|(known, _)| *known == field)
        .map_or_else(|| panic!("{field} has none"), |(_, value)| value)
}

/// The planted value of this name.
pub fn other(name: &str) -> &'static str {
    OTHERS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or_else(|| panic!("{name} has none"), |(_, value)| value)
}

/// Every secret planted by name, with its name.
pub fn named() -> Vec<(String, &'static str)> {
    // The word before the colon is no secret.
    let bare = |value: &'static str| value.strip_prefix("other:").unwrap_or(value);
    let fields = FIELDS.iter().map(|(field, value)| (field.to_string(), bare(value)));
    let profile = PROFILE.iter().map(|(field, value)| (format!("{field} of a profile"), bare(value)));
    let others = OTHERS.iter().map(|(name, value)| ((*name).to_owned(), *value));
    fields.chain(profile).chain(others).collect()
}

/// Shorter ones would be found by chance.
const SHORTEST: usize = 8;

/// So many secrets that came up while tests ran are looked for, the newest: far more than the folders hold that are
/// open at one time.
const CAME_UP: usize = 400;

/// A secret as it could stand in a file.
pub fn disguises(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex = secret.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut all = vec![secret.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    if let Ok(text) = core::str::from_utf8(secret) {
        let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        all.extend([wide(u16::to_le_bytes), wide(u16::to_be_bytes)]);
    }
    for before in 0..3 {
        all.push(own_base64::<Base64>(secret, before));
        all.push(own_base64::<Base64UrlUnpadded>(secret, before));
    }
    all.sort();
    all.dedup();
    all
}

/// What of a secret's Base64 is its own behind so many bytes of a group of three, whatever stands around it: the
/// characters that take all their six bits from it. Those of shorter whole groups alone would not do: they leave six
/// bytes of eight, and six digits come up by chance in the checksums and times that receipts are full of.
fn own_base64<Alphabet: Encoding>(secret: &[u8], before: usize) -> Vec<u8> {
    let around = [&[0; 2][..before], secret, &[0; 2]].concat();
    let text = Alphabet::encode_string(&around);
    text.as_bytes()[(before * 8).div_ceil(6)..(before + secret.len()) * 8 / 6].to_vec()
}

/// The first bytes of a disguise: enough to stop looking almost everywhere.
type Start = [u8; 4];

/// Everything that is looked for.
struct Net {
    disguises: HashMap<Start, Vec<(Vec<u8>, String)>>,
    /// Whether anything begins with these two bytes.
    begins: Vec<bool>,
    came_up: VecDeque<Vec<u8>>,
}

static NET: LazyLock<Mutex<Net>> = LazyLock::new(|| {
    let mut net = Net { disguises: HashMap::new(), begins: vec![false; 1 << 16], came_up: VecDeque::new() };
    for (name, secret) in named() {
        net.add(secret.as_bytes(), &name);
    }
    Mutex::new(net)
});

fn net() -> MutexGuard<'static, Net> {
    NET.lock().unwrap_or_else(PoisonError::into_inner)
}

fn start(bytes: &[u8]) -> Start {
    [bytes[0], bytes[1], bytes[2], bytes[3]]
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

impl Net {
    fn add(&mut self, secret: &[u8], name: &str) {
        for disguise in disguises(secret) {
            self.begins[pair(&disguise)] = true;
            self.disguises.entry(start(&disguise)).or_default().push((disguise, name.to_owned()));
        }
    }

    fn remove(&mut self, secret: &[u8]) {
        for disguise in disguises(secret) {
            if let Some(known) = self.disguises.get_mut(&start(&disguise)) {
                known.retain(|(known, _)| *known != disguise);
            }
        }
    }

    fn find(&self, haystack: &[u8]) -> Option<&str> {
        (0..haystack.len().saturating_sub(3)).find_map(|at| {
            let rest = &haystack[at..];
            if !self.begins[pair(rest)] {
                return None;
            }
            let known = self.disguises.get(&start(rest))?;
            known.iter().find(|(disguise, _)| rest.starts_with(disguise)).map(|(_, name)| name.as_str())
        })
    }
}

/// From now on this is looked for too.
pub fn plant(secret: &[u8], name: &str) {
    let mut net = net();
    if secret.len() < SHORTEST || net.came_up.iter().any(|known| known == secret) {
        return;
    }
    net.add(secret, name);
    net.came_up.push_back(secret.to_vec());
    if net.came_up.len() > CAME_UP
        && let Some(oldest) = net.came_up.pop_front()
    {
        net.remove(&oldest);
    }
}

/// The name of a secret that stands here in any disguise; the secret itself is not for a test's output.
pub fn find(haystack: &[u8]) -> Option<String> {
    net().find(haystack).map(str::to_owned)
}

/// Ends the test if a secret stands here.
pub fn search(haystack: &[u8], place: &str) {
    if let Some(name) = find(haystack) {
        panic!("{name} stands in clear in {place}");
    }
}

/// Searches every file of a folder, journals and leftovers included, and returns how many there are. The folder of
/// the file vault is left out: it holds keys in clear because the system offers no better place, and `doctor` says so.
pub fn search_folder(folder: &Path) -> usize {
    let mut files = 0;
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files += if path.ends_with(VAULT) { 0 } else { search_folder(&path) };
        } else {
            search(&fs::read(&path).expect("a file"), &path.display().to_string());
            files += 1;
        }
    }
    files
}

/// The system's randomness, which plants every key that is made of it: keys alone are 32 bytes long.
#[derive(Debug, Default)]
pub struct PlantingRandom;

impl Random for PlantingRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        SystemRandom.fill(bytes)?;
        if bytes.len() == 32 {
            plant(bytes, "a key");
        }
        Ok(())
    }
}
