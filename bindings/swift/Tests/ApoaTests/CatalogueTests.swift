import Apoa
import Foundation
import Testing

@Suite("The catalogue")
struct CatalogueTests {
    private let english = Catalogue(Locale(identifier: "en_GB"))
    private let indonesian = Catalogue(Locale(identifier: "id_ID"))

    @Test("has words in both languages for every code of the project")
    func codes() throws {
        let table = try String(contentsOf: Places.root.appendingPathComponent("docs/errors.md"), encoding: .utf8)
        let codes = table.matches(of: /\|\s(APOA-[A-Z]\d{3})\s/).map { String($0.1) }
        #expect(codes.count > 50)
        for code in codes {
            for catalogue in [english, indonesian] {
                let explained = catalogue.explain(code)
                #expect(explained.text != code && !explained.text.isEmpty && !explained.remedy.isEmpty, "\(code)")
            }
        }
    }

    @Test("has words in both languages for whatever else the core shows")
    func shown() {
        for catalogue in [english, indonesian] {
            let shown =
                Reason.allCases.map { catalogue.text($0) } + Obstacle.allCases.map { catalogue.text($0) }
                + ProfileField.allCases.map { catalogue.text($0) } + Self.hints.map { catalogue.text($0) }
            // Where there is none the key itself would stand.
            #expect(shown.filter { $0.contains(/^(reason|bar|profile|hint)-/) } == [])
        }
        #expect(english.text(Hint.cutOff(side: .left)) == "Cut off. Move left")
        #expect(english.text(Hint.unreadable(reason: "curved")) == "Lay the page flat")
        #expect(indonesian.text(Reason.nameExact) == "Nama sama")
    }

    @Test("knows an Indonesian locale by both of its names")
    func languages() {
        for name in ["id", "in", "id_ID", "in_ID"] {
            let explained = Catalogue(Locale(identifier: name)).explain("APOA-A604")
            #expect(explained.text == "Kode atau kata sandi salah.", "\(name)")
        }
        #expect(Catalogue(Locale(identifier: "ja_JP")).explain("APOA-A604") == english.explain("APOA-A604"))
    }

    @Test("explains errors with what they know")
    func errors() {
        let told: [(any Error, text: String, remedy: String)] = [
            (SyncError.WrongSecret, "Code or password is wrong.", "Type it again."),
            (SyncError.StoreFailed(failure: .DiskFull), "Storage full.", "Free … MB."),
            (
                InputError.NotRead(failure: .NotWritable),
                "The data folder cannot be written.", "Check its permissions."
            ),
            (
                DraftError.NotPossible(why: .stillDraft),
                "Not possible: the report is a draft: finish it first.",
                "Open the report to see what is possible."
            ),
            (
                DraftError.PhotoRefused(why: .tooLarge(mostBytes: 400_000)),
                "Photo larger than 400 KB.", "Take it smaller or scale it down."
            ),
            (
                DraftError.UnknownField(code: "pasport_number", nearest: "passport_number"),
                "Field \"pasport_number\" not known.", "Did you mean \"passport_number\"?"
            ),
            (
                RosterError.ColumnsMissing(fields: ["full_name", "sex"]),
                "Column \"Full name, Sex\" missing.", english.explain("APOA-I402").remedy
            ),
            (
                RosterError.TooLarge(mostRows: 10_000, mostMb: 10), "File too large (max 10000 rows, 10 MB).",
                english.explain("APOA-I406").remedy
            ),
            (CancellationError(), "Something failed.", "Reports are safe. Send diagnostics."),
        ]
        for (error, text, remedy) in told {
            let explained = english.explain(error)
            #expect((explained.text, explained.remedy) == (text, remedy))
        }
    }

    @Test("explains a draft by its first problem")
    func problems() {
        let longAgo = FieldProblem(field: "check_in", problem: .longAgo, code: "APOA-V307", notice: true)
        let over = FieldProblem(
            field: "passport_expiry", problem: .before(earliest: "2026-11-24"), code: "APOA-V303", notice: false)
        let text = english.explain(DraftError.Invalid(problems: [longAgo, over])).text
        #expect(text == "Passport expiry cannot be before 24-11-2026.")
        #expect(english.explain(longAgo).text == "Check-in is more than a year ago.")
    }

    @Test("explains a row of a list by its cell")
    func cells() {
        let sexes = Expected.oneOf(indonesian: ["P", "L"], english: ["F", "M"])
        let sex = CellProblem(
            field: "sex", column: "D", fault: .unfit, code: "APOA-I401", notice: false, found: "?", expected: sexes)
        #expect(english.explain(sex, row: 3).text == "Row 3, column \"Sex\": found \"?\", expected one of: F, M.")
        #expect(
            indonesian.explain(sex, row: 3).text
                == "Baris 3, kolom \"Jenis kelamin\": tertulis \"?\", harus salah satu: P, L.")
        let repeated = CellProblem(
            field: "passport_number", column: "E", fault: .repeats(row: 2), code: "APOA-I405", notice: false,
            found: "X1", expected: .another)
        #expect(english.explain(repeated, row: 5).text == "Row 5 repeats row 2.")
        let long = FieldProblem(field: "room", problem: .tooLong(most: 20), code: "APOA-V304", notice: false)
        let room = CellProblem(
            field: "room", column: "F", fault: .rule(problem: long), code: "APOA-V304", notice: false, found: "-",
            expected: .atMost(characters: 20))
        #expect(english.explain(room, row: 5) == english.explain(long))
        let hidden = CellProblem(
            field: nil, column: nil, fault: .hiddenRow, code: nil, notice: true, found: "", expected: nil)
        #expect(english.explain(hidden, row: 5).text == "The file hides this row. It is read all the same.")
        let all: [Expected] = [
            .day, .dayOrYear, .moment, .country, .number, .howMany, .line, .from(day: "2026-11-24"),
            .until(day: "2026-11-24"), .atMost(characters: 20), .another, sexes,
        ]
        for catalogue in [english, indonesian] {
            #expect(all.map { catalogue.text($0) }.filter { $0.hasPrefix("expect-") || $0.contains("…") } == [])
        }
    }

    @Test("speaks through the errors themselves")
    func localized() {
        let error: any Error = StoreError.Busy
        let explained = Catalogue().explain(error)
        #expect(error.localizedDescription == explained.text)
        #expect((error as? LocalizedError)?.recoverySuggestion == explained.remedy)
        #expect([english, indonesian].map { $0.explain(error) }.contains(explained))
    }

    @Test("fills in arguments, and dots for missing ones")
    func arguments() {
        #expect(english.explain("APOA-D701", ["mb": "20"]).remedy == "Free 20 MB.")
        #expect(english.text("state-sending", ["n": "3"]) == "Sending… (… of 3)")
        #expect(english.text("field-room") == "Room")
    }

    @Test("says so where it knows nothing")
    func unknown() {
        let explained = english.explain("APOA-Z999")
        #expect((explained.text, explained.remedy) == ("APOA-Z999", ""))
        #expect(english.text("no-such-key") == nil)
    }

    private static let hints: [Hint] =
        Side.allCases.map { .cutOff(side: $0) }
        + ["damaged", "covered", "faded", "curved"].map { .unreadable(reason: $0) }
        + [
            .aim, .several(count: 2), .wrong(kind: "wifi"), .farther, .closer(zoom: 1.8), .dark(torch: true), .bright,
            .glare(at: Corner(x: 0, y: 0)), .still, .focus, .nowhere, .giveUp,
        ]
}
