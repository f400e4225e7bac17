//! The help in Indonesian. The English text of a command or an option stands at its code; its Indonesian stands here beside
//! that text, once for all places that say the same. A text without its Indonesian fails the tests.

use clap::{Arg, Command};

/// Above the options that stand at every command, in both languages.
const EVERYWHERE: (&str, &str) = ("Options of every command", "Opsi setiap perintah");

/// A page of help with its head in Indonesian.
const TEMPLATE: &str = "{before-help}{about-with-newline}\nPemakaian: {usage}\n\n{all-args}{after-help}";

/// The command with everything that explains it in Indonesian.
pub(crate) fn in_indonesian(mut command: Command) -> Command {
    // Adds what the library adds by itself, so that it is translated as well.
    command.build();
    translated(command)
}

fn translated(command: Command) -> Command {
    let about = command.get_about().map(|text| indonesian(&text.to_string()));
    let after = command.get_after_help().map(|text| text.to_string().replace("Examples:", "Contoh:"));
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Perintah")
        .mut_args(argument)
        .mut_subcommands(translated);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

fn argument(arg: Arg) -> Arg {
    let everywhere =
        arg.get_help_heading() == Some(EVERYWHERE.0) || matches!(arg.get_id().as_str(), "help" | "version");
    let heading = match arg.get_index() {
        Some(_) => "Argumen",
        None if everywhere => EVERYWHERE.1,
        None => "Opsi",
    };
    // Below a heading of its own the library sorts places by name.
    let arg = match arg.get_index() {
        Some(place) => arg.display_order(place),
        None => arg,
    };
    let Some(help) = arg.get_help().map(|text| indonesian(&text.to_string())) else {
        return arg.help_heading(heading);
    };
    let values = arg.get_possible_values();
    let lines: Vec<String> = values
        .iter()
        .filter_map(|value| {
            let help = indonesian(&value.get_help()?.to_string());
            Some(format!("- {}: {help}", value.get_name()))
        })
        .collect();
    let arg = arg.help_heading(heading).help(help.clone());
    if lines.is_empty() {
        return arg.long_help(help);
    }
    arg.hide_possible_values(true).long_help(format!("{help}\n\nNilai:\n{}", lines.join("\n")))
}

/// The text in Indonesian; one that has none stays as it is.
fn indonesian(english: &str) -> String {
    let found = TEXTS.iter().find(|(text, _)| *text == english);
    found.map_or(english, |(_, indonesian)| indonesian).to_owned()
}

#[rustfmt::skip]
const TEXTS: &[(&str, &str)] = &[
    // The program and its commands.
    ("Reads stay permits and passports, keeps reports safe, sends them once",
     "Membaca izin tinggal dan paspor, menyimpan laporan dengan aman, mengirimnya satu kali"),
    ("Read codes from pictures, folders of pictures, or raw camera frames",
     "Baca kode dari gambar, folder gambar, atau bingkai kamera mentah"),
    ("Say what the payload of a code means", "Jelaskan arti isi sebuah kode"),
    ("Read the machine-readable lines of a passport", "Baca baris paspor yang terbaca mesin"),
    ("Compare a permit with a passport", "Bandingkan izin tinggal dengan paspor"),
    ("Sign in, once; a member who signed out is active again", "Masuk, satu kali; petugas yang sudah keluar aktif lagi"),
    ("Sign out; what waits stays for the next member", "Keluar; yang menunggu tetap ada untuk petugas berikutnya"),
    ("Who is signed in, and for which units", "Siapa yang masuk, dan untuk unit mana"),
    ("Make, change, find and show reports", "Buat, ubah, cari, dan tampilkan laporan"),
    ("Reports with open work, nearest deadline first; and what is on hold",
     "Laporan yang belum selesai, batas waktu terdekat dahulu; dan yang tertahan"),
    ("What the active unit says about itself; reports begin with it", "Data unit yang aktif; laporan dimulai dari sini"),
    ("The units of this account", "Unit milik akun ini"),
    ("Send what waits, now", "Kirim yang menunggu, sekarang"),
    ("Show and verify receipts", "Tampilkan dan periksa bukti terima"),
    ("Run the reference server", "Jalankan server acuan"),
    ("What the reference server holds", "Isi server acuan"),
    ("Run the whole main job with specimen documents and watch it",
     "Jalankan seluruh pekerjaan utama dengan dokumen contoh dan lihat jalannya"),
    ("Lists for others, on the screen or as files", "Daftar untuk orang lain, di layar atau sebagai berkas"),
    ("Make reports of a list of guests or workers", "Buat laporan dari daftar tamu atau pekerja"),
    ("Write an empty list to fill in", "Tulis daftar kosong untuk diisi"),
    ("Look for what is wrong here", "Cari apa yang salah di sini"),
    ("Say what a code means and what to do", "Jelaskan arti sebuah kode dan tindakannya"),
    ("Completions for a shell", "Pelengkap untuk shell"),
    ("The manual page, of everything or of one command", "Halaman manual, semuanya atau satu perintah"),
    ("Print this message or the help of the given subcommand(s)", "Tampilkan bantuan ini atau bantuan sebuah perintah"),
    ("Print help (see more with '--help')", "Tampilkan bantuan: -h ringkas, --help lengkap"),
    ("Print version", "Tampilkan versi"),
    // Options of every command.
    ("One JSON object a line instead of text", "Satu objek JSON per baris sebagai ganti teks"),
    ("Language of texts: id or en; else the profile's, else the system's",
     "Bahasa teks: id atau en; kalau tidak, bahasa profil, lalu bahasa sistem"),
    ("Bahasa Indonesia", "Bahasa Indonesia"),
    ("English", "Bahasa Inggris"),
    ("Data folder", "Folder data"),
    ("Address of the server; remembered by `login`", "Alamat server; diingat oleh `login`"),
    ("Trust file of the server; remembered by `login`", "Berkas kepercayaan server; diingat oleh `login`"),
    ("Patterns from a file nobody signed", "Pola dari berkas yang tidak ditandatangani siapa pun"),
    ("Show names and document numbers whole", "Tampilkan nama dan nomor dokumen seutuhnya"),
    ("Answer questions with yes", "Jawab setiap pertanyaan dengan ya"),
    ("Text without colour and signs", "Teks tanpa warna dan tanda"),
    ("Progress of long work: a bar or lines, JSON lines on stderr, or none",
     "Kemajuan pekerjaan panjang: batang atau baris, baris JSON di stderr, atau tidak ada"),
    ("A bar on a terminal, else a line every five seconds", "Batang di terminal, selain itu satu baris tiap lima detik"),
    ("JSON lines on stderr", "Baris JSON di stderr"),
    ("None", "Tidak ada"),
    ("No talk on stderr but errors", "Tanpa keterangan di stderr selain kesalahan"),
    ("Log on stderr; twice for more", "Log di stderr; dua kali untuk lebih banyak"),
    // Reading.
    ("Pictures (PNG, JPEG, WebP, BMP, PGM, PPM), PDF files (each page), folders of both, or `-` for standard input",
     "Gambar (PNG, JPEG, WebP, BMP, PGM, PPM), berkas PDF (tiap halaman), folder keduanya, atau `-` untuk masukan standar"),
    ("The pictures are consecutive frames of one camera session, 33 ms apart",
     "Gambar-gambarnya bingkai berurutan dari satu sesi kamera, berjarak 33 ms"),
    ("Inputs are 8-bit luma without a header", "Masukan berupa luma 8-bit tanpa kepala"),
    ("The only part to look at, in pixels", "Satu-satunya bagian yang dilihat, dalam piksel"),
    ("Time for one picture (400) or frame (33)", "Waktu untuk satu gambar (400) atau bingkai (33)"),
    ("Read the password of locked PDF files from standard input; without it, and at a terminal, it is asked for",
     "Baca kata sandi berkas PDF terkunci dari masukan standar; tanpa ini, di terminal, kata sandi ditanyakan"),
    ("Write each frame as PNG with what was found drawn on it", "Tulis tiap bingkai sebagai PNG dengan gambaran yang ditemukan"),
    ("Where nothing was read, write why as numbers: no payload, no pixels",
     "Jika tidak ada yang terbaca, tulis sebabnya sebagai angka: tanpa isi kode, tanpa piksel"),
    ("Say again what a report of `--report` holds", "Ceritakan lagi isi laporan dari `--report`"),
    ("The payload; `-` reads bytes from standard input", "Isi kode; `-` membaca bita dari masukan standar"),
    ("Ask the server for the record behind the code; needs a sign-in", "Tanyakan catatan di balik kode kepada server; perlu masuk"),
    ("If nobody knows the code: remember its form, never its text, so that the next pattern can be written",
     "Jika kode tidak dikenal: ingat bentuknya, bukan isinya, supaya pola berikutnya dapat dibuat"),
    ("The lines; `-` reads them from standard input", "Baris-barisnya; `-` membacanya dari masukan standar"),
    ("A JSON object of field codes, or the payload of a code; `@FILE` reads a file",
     "Objek JSON dari kode data, atau isi sebuah kode; `@FILE` membaca berkas"),
    ("The lines of the passport; `@FILE` reads a file", "Baris paspor; `@FILE` membaca berkas"),
    ("Planned last day of the stay", "Rencana hari terakhir tinggal"),
    ("A plausible comparison counts as a mismatch", "Perbandingan yang hanya mungkin dihitung tidak cocok"),
    ("Ask the server for the record behind the permit's key and compare three ways; needs a sign-in",
     "Tanyakan catatan izin kepada server dan bandingkan tiga arah; perlu masuk"),
    // Accounts and units.
    ("User name; asked for if absent", "Nama pengguna; ditanyakan jika tidak diberikan"),
    ("Read the password from the first line of standard input instead of asking",
     "Baca kata sandi dari baris pertama masukan standar, tanpa bertanya"),
    ("Read an access code of the office from the first line of standard input; it works once and needs no user name",
     "Baca kode akses dari kantor di baris pertama masukan standar; berlaku satu kali, tanpa nama pengguna"),
    ("Show it", "Tampilkan"),
    ("Set facts; an empty value takes one out", "Isi data; nilai kosong menghapusnya"),
    ("Say what is missing; exit 9 if anything is", "Sebutkan yang kurang; keluar dengan 9 jika ada"),
    ("Facts, `zone=WITA`", "Data, `zone=WITA`"),
    ("Work for another unit from now on", "Bekerja untuk unit lain mulai sekarang"),
    ("The unit", "Unitnya"),
    // Reports.
    ("Make a report; it is safe on disk before this answers", "Buat laporan; sudah aman di perangkat sebelum perintah ini menjawab"),
    ("Reports, newest first", "Laporan, terbaru dahulu"),
    ("One report with its data, receipts and history", "Satu laporan dengan data, bukti terima, dan riwayatnya"),
    ("Reports by document number, or by the beginnings of names, or by room",
     "Laporan menurut nomor dokumen, awal nama, atau kamar"),
    ("The guest stays longer", "Tamu tinggal lebih lama"),
    ("The guest left", "Tamu sudah pergi"),
    ("Something about a worker changed", "Ada yang berubah pada pekerja"),
    ("The job ended", "Pekerjaan berakhir"),
    ("Keep a photo of the passport's page, a JPEG file, with a report; sent only where the office asks for it",
     "Simpan foto halaman paspor, berkas JPEG, pada laporan; dikirim hanya jika kantor memintanya"),
    ("Correct the data, or finish a draft", "Perbaiki data, atau selesaikan draf"),
    ("Withdraw a report; give the reason", "Tarik laporan; sebutkan alasannya"),
    ("Drop a draft, or a report that was never sent", "Buang draf, atau laporan yang belum pernah terkirim"),
    ("What one shift leaves to the next", "Yang ditinggalkan satu giliran jaga untuk berikutnya"),
    ("lodging.check_in, worker.start, individual or refusal", "lodging.check_in, worker.start, individual, atau refusal"),
    ("The next guest of a group: begins with the stay of that report, and with nothing of its person",
     "Tamu berikutnya dari rombongan: mulai dengan data tinggal laporan itu, tanpa data orangnya"),
    ("The payload of the permit's code, or a JSON object of field codes; `@FILE` reads a file",
     "Isi kode izin tinggal, atau objek JSON dari kode data; `@FILE` membaca berkas"),
    ("A picture of the passport page; its lines are read from it", "Gambar halaman paspor; barisnya dibaca dari sana"),
    ("One flat JSON object of field codes; `-` reads standard input",
     "Satu objek JSON dari kode data; `-` membaca masukan standar"),
    ("One fact; later sources win", "Satu data; sumber yang kemudian berlaku"),
    ("One fact", "Satu data"),
    ("Keep it as a draft; nothing is checked or sent", "Simpan sebagai draf; tidak diperiksa dan tidak dikirim"),
    ("Keep what was typed; nothing is checked or sent", "Simpan yang diketik; tidak diperiksa dan tidak dikirim"),
    ("Report the same guest and day once more, with the reason", "Laporkan tamu dan hari yang sama sekali lagi, dengan alasannya"),
    ("Only reports of this state: none, received, accepted, rejected, cancelled, or queued, wedged, needs_correction",
     "Hanya laporan dengan keadaan ini: none, received, accepted, rejected, cancelled, atau queued, wedged, needs_correction"),
    ("At most so many", "Paling banyak sekian"),
    ("Only those after this one", "Hanya yang sesudah ini"),
    ("The report", "Laporannya"),
    ("A document number, words of a name, or a room", "Nomor dokumen, kata dari nama, atau kamar"),
    ("The photo", "Fotonya"),
    ("How many hours the shift was", "Berapa jam giliran jaganya"),
    ("Let a report on hold go on", "Lanjutkan laporan yang tertahan"),
    ("Replace an op on hold that the server never saw; asks the server, and you, first",
     "Ganti kiriman tertahan yang belum pernah dilihat server; bertanya dahulu kepada server dan Anda"),
    ("Every report on hold", "Semua laporan yang tertahan"),
    ("The run ends within this time: 60s, 500ms, 2m", "Selesai dalam waktu ini: 60s, 500ms, 2m"),
    ("Send nothing: ask the server what it would make of what waits",
     "Tidak mengirim apa pun: tanyakan kepada server bagaimana yang menunggu akan dinilai"),
    // Receipts and lists.
    ("The newest receipt of a report", "Bukti terima terbaru sebuah laporan"),
    ("A paper to show: the receipt of a report, or what waits if there is none; of several reports a list",
     "Kertas untuk ditunjukkan: bukti terima laporan, atau bukti antrean jika belum ada; untuk beberapa laporan sebuah daftar"),
    ("Whether a receipt is genuine, and whether it belongs to a passport",
     "Apakah bukti terima asli, dan apakah milik sebuah paspor"),
    ("The report; several give one list", "Laporannya; beberapa menjadi satu daftar"),
    ("The file to write", "Berkas yang ditulis"),
    ("The receipt as text, or a picture or PDF file whose code holds it; `-` reads standard input",
     "Bukti terima sebagai teks, atau gambar atau PDF yang kodenya memuatnya; `-` membaca masukan standar"),
    ("Number of the passport shown with it", "Nomor paspor yang ditunjukkan bersamanya"),
    ("Which list", "Daftar yang mana"),
    ("Every report with its state; closed ones need the right to inspect",
     "Semua laporan dengan keadaannya; yang sudah ditutup perlu hak melihat semua"),
    ("The foreigners who are here now, each with permit and receipt: for an inspection",
     "Orang asing yang ada sekarang, masing-masing dengan izin dan bukti terima: untuk pemeriksaan"),
    ("Permits and contracts that end within 60 days, nearest first",
     "Izin dan kontrak yang berakhir dalam 60 hari, terdekat dahulu"),
    ("What is still to be reported, nearest deadline first", "Yang masih harus dilaporkan, batas waktu terdekat dahulu"),
    ("What waits to be sent, by ids and digests: proof that it was recorded, without identities",
     "Yang menunggu dikirim, dengan nomor dan sidik: bukti pencatatan, tanpa identitas"),
    ("What this device holds and held of people, for a notice of a breach, without identities",
     "Data orang yang ada dan pernah ada di perangkat ini, untuk pemberitahuan kebocoran, tanpa identitas"),
    ("The file to write; its ending says the form. Without it the list goes to the screen",
     "Berkas yang ditulis; akhirannya menentukan bentuknya. Tanpa ini daftar tampil di layar"),
    ("The list: .xlsx, .xls, .ods, or text with semicolons, commas or tabs",
     "Daftarnya: .xlsx, .xls, .ods, atau teks dengan titik koma, koma, atau tab"),
    ("Look at every row and store nothing", "Periksa setiap baris tanpa menyimpan apa pun"),
    ("The title of the column that holds a fact; remembered for the unit", "Judul kolom untuk sebuah data; diingat untuk unit"),
    ("Give back what stayed out as a workbook, each cell to mend coloured and commented",
     "Kembalikan yang tidak masuk sebagai buku kerja, sel yang harus diperbaiki berwarna dan berkomentar"),
    ("Say who is new, changed or gone beside the reports that are open; only the new ones go in",
     "Sebutkan siapa yang baru, berubah, atau tidak ada lagi; hanya yang baru dimasukkan"),
    ("Send what waits afterwards", "Sesudahnya kirim yang menunggu"),
    ("The workbook to write", "Buku kerja yang ditulis"),
    // The reference server and the rest.
    ("Where to listen; port 0 takes a free one", "Alamat untuk mendengarkan; porta 0 memakai yang bebas"),
    ("Database file; keys and trust file lie beside it. Without it a temporary folder",
     "Berkas basis data; kunci dan berkas kepercayaan ada di sebelahnya. Tanpa ini folder sementara"),
    ("A fault on command: `KIND[=ARG][@PATH][*N]`", "Gangguan sesuai perintah: `KIND[=ARG][@PATH][*N]`"),
    ("The same ids and password for the same seed, on a new database",
     "Nomor dan kata sandi yang sama untuk benih yang sama, pada basis data baru"),
    ("Ask for photos of passport pages: `report attach` is refused without",
     "Minta foto halaman paspor: tanpa ini `report attach` ditolak"),
    ("Say in the config that receipts are the office's own", "Nyatakan di konfigurasi bahwa bukti terima adalah milik kantor"),
    ("Every report of a database, in order of arrival", "Semua laporan sebuah basis data, menurut urutan datang"),
    ("Accept a report; its phones hear of it at their next sync", "Terima laporan; perangkatnya tahu pada sinkronisasi berikutnya"),
    ("Ask for facts of a report to be corrected", "Minta data sebuah laporan diperbaiki"),
    ("Refuse a report once and for all", "Tolak laporan untuk seterusnya"),
    ("Make a code with which somebody signs in once", "Buat kode untuk masuk satu kali"),
    ("The log: who did what, when, on which unit", "Catatan: siapa melakukan apa, kapan, di unit mana"),
    ("The server's database", "Basis data server"),
    ("A fact that is wrong, `passport_number`; may be given several times",
     "Data yang salah, `passport_number`; boleh beberapa kali"),
    ("Why, in a sentence that names nobody", "Alasannya, dalam kalimat yang tidak menyebut nama siapa pun"),
    ("For whom; the first member if absent", "Untuk siapa; petugas pertama jika tidak disebut"),
    ("A picture of a permit to read instead of the specimen", "Gambar izin yang dibaca sebagai ganti contoh"),
    ("Where everything is written and kept; by default a new folder under the system's temporary one",
     "Tempat semuanya ditulis dan disimpan; jika tidak disebut, folder baru di folder sementara sistem"),
    ("Write all of it with counts and log to a new file, without identities",
     "Tulis semuanya dengan jumlah dan log ke berkas baru, tanpa identitas"),
    ("A code, `APOA-S101` or `S101`, or a reason, `NAME_SPELLING`", "Kode, `APOA-S101` atau `S101`, atau alasan, `NAME_SPELLING`"),
    ("Which shell", "Shell yang mana"),
    ("The page of this command; without one the page of all", "Halaman perintah ini; tanpa ini halaman semuanya"),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::args;

    /// Everything that help says of a command, its options and those below it.
    fn said(command: &Command, texts: &mut BTreeSet<String>) {
        texts.extend(command.get_about().map(ToString::to_string));
        for arg in command.get_arguments() {
            texts.extend(arg.get_help().map(ToString::to_string));
            let values = arg.get_possible_values();
            texts.extend(values.iter().filter_map(|value| value.get_help().map(ToString::to_string)));
        }
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            said(below, texts);
        }
    }

    #[test]
    fn every_text_of_the_help_has_its_indonesian_and_none_is_left_over() {
        let mut command = args::command(apoa_core::catalogue::Language::English);
        command.build();
        let mut texts = BTreeSet::new();
        said(&command, &mut texts);
        let known: BTreeSet<String> = TEXTS.iter().map(|(english, _)| (*english).to_owned()).collect();
        assert_eq!(known.len(), TEXTS.len(), "a text stands twice");
        let without: Vec<_> = texts.difference(&known).collect();
        let unused: Vec<_> = known.difference(&texts).collect();
        assert!(without.is_empty() && unused.is_empty(), "without: {without:#?}\nunused: {unused:#?}");
    }

    #[test]
    fn help_is_indonesian_from_head_to_foot() {
        let mut command = in_indonesian(args::command(apoa_core::catalogue::Language::English));
        let export = command.find_subcommand_mut("export").unwrap().render_long_help().to_string();
        for said in [
            "Daftar untuk orang lain",
            "Pemakaian: apoa export",
            "Argumen:",
            "- present: ",
            "Opsi setiap perintah:",
            "Contoh:",
        ] {
            assert!(export.contains(said), "{said} in {export}");
        }
        for english in ["Usage", "Options", "Arguments", "Examples", "Print", "Possible values"] {
            assert!(!export.contains(english), "{english} in {export}");
        }
    }
}
