package apoa

import apoa.ffi.CellFault
import apoa.ffi.DraftException
import apoa.ffi.Expected
import apoa.ffi.Hint
import apoa.ffi.InputException
import apoa.ffi.PhotoProblem
import apoa.ffi.Problem
import apoa.ffi.RosterException
import apoa.ffi.StoreException
import apoa.ffi.SyncException
import org.junit.jupiter.api.Test
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

class CatalogueTest {
    private val english = Catalogue.of(Locale.UK)
    private val indonesian = Catalogue.of(Locale.forLanguageTag("id-ID"))

    @Test
    fun `every code of the project has words in both languages`() {
        val table = repository.resolve("docs/errors.md").readText()
        val codes = Regex("""^\| (APOA-[A-Z]\d{3}) """, RegexOption.MULTILINE).findAll(table).map { it.groupValues[1] }
        assertTrue(codes.count() > 50)
        for (code in codes) {
            for (catalogue in listOf(english, indonesian)) {
                val (text, remedy) = catalogue.explain(code)
                assertTrue(text.isNotBlank() && text != code && remedy.isNotBlank(), code)
            }
        }
    }

    @Test
    fun `whatever else the core shows has words in both languages`() {
        for (catalogue in listOf(english, indonesian)) {
            val shown =
                Reason.entries.map(catalogue::text) + Obstacle.entries.map(catalogue::text) +
                    ProfileField.entries.map(catalogue::text) + HINTS.map(catalogue::text)
            // Where there is none the key itself would stand.
            val lacking = shown.filter { Regex("(reason|bar|profile|hint)-.*").matches(it) }
            assertEquals(emptyList(), lacking)
        }
        assertEquals("Cut off. Move left", english.text(Hint.CutOff(Side.LEFT)))
        assertEquals("Lay the page flat", english.text(Hint.Unreadable("curved")))
        assertEquals("Nama sama", indonesian.text(Reason.NAME_EXACT))
    }

    @Test
    fun `an Indonesian locale is known by both of its names`() {
        val text = "Kode atau kata sandi salah."
        assertEquals(text, indonesian.explain("APOA-A604").text)
        for (name in listOf("id", "in")) assertEquals(text, Catalogue.of(name).explain("APOA-A604").text)
        assertEquals(english.explain("APOA-A604"), Catalogue.of(Locale.JAPAN).explain("APOA-A604"))
    }

    @Test
    fun `errors are explained with what they know`() {
        val told =
            mapOf(
                SyncException.WrongSecret() to Explained("Code or password is wrong.", "Type it again."),
                SyncException.StoreFailed(StoreException.DiskFull()) to Explained("Storage full.", "Free … MB."),
                InputException.NotRead(StoreException.NotWritable()) to
                    Explained("The data folder cannot be written.", "Check its permissions."),
                DraftException.NotPossible(Obstacle.STILL_DRAFT) to
                    Explained(
                        "Not possible: the report is a draft: finish it first.",
                        "Open the report to see what is possible.",
                    ),
                DraftException.PhotoRefused(PhotoProblem.TooLarge(400_000)) to
                    Explained("Photo larger than 400 KB.", "Take it smaller or scale it down."),
                DraftException.UnknownField("pasport_number", "passport_number") to
                    Explained("Field \"pasport_number\" not known.", "Did you mean \"passport_number\"?"),
                RosterException.ColumnsMissing(listOf("full_name", "sex")) to
                    Explained("Column \"Full name, Sex\" missing.", english.explain("APOA-I402").remedy),
                RosterException.TooLarge(10_000, 10) to
                    Explained("File too large (max 10000 rows, 10 MB).", english.explain("APOA-I406").remedy),
                IllegalStateException() to Explained("Something failed.", "Reports are safe. Send diagnostics."),
            )
        for ((failure, words) in told) assertEquals(words, english.explain(failure))
    }

    @Test
    fun `a draft is explained by its first problem`() {
        val longAgo = FieldProblem("check_in", Problem.LongAgo, "APOA-V307", true)
        val over = FieldProblem("passport_expiry", Problem.Before("2026-11-24"), "APOA-V303", false)
        assertEquals(
            "Passport expiry cannot be before 24-11-2026.",
            english.explain(DraftException.Invalid(listOf(longAgo, over))).text,
        )
        assertEquals("Check-in is more than a year ago.", english.explain(longAgo).text)
    }

    @Test
    fun `a row of a list is explained by its cell`() {
        val sexes = Expected.OneOf(listOf("P", "L"), listOf("F", "M"))
        val sex = CellProblem("sex", "D", CellFault.Unfit, "APOA-I401", false, "?", sexes)
        assertEquals("Row 3, column \"Sex\": found \"?\", expected one of: F, M.", english.explain(sex, 3).text)
        assertEquals(
            "Baris 3, kolom \"Jenis kelamin\": tertulis \"?\", harus salah satu: P, L.",
            indonesian.explain(sex, 3).text,
        )
        val repeated =
            CellProblem("passport_number", "E", CellFault.Repeats(2), "APOA-I405", false, "X1", Expected.Another)
        assertEquals("Row 5 repeats row 2.", english.explain(repeated, 5).text)
        val long = FieldProblem("room", Problem.TooLong(20), "APOA-V304", false)
        val room = CellProblem("room", "F", CellFault.Rule(long), "APOA-V304", false, "…", Expected.AtMost(20))
        assertEquals(english.explain(long), english.explain(room, 5))
        val hidden = CellProblem(null, null, CellFault.HiddenRow, null, true, "", null)
        assertEquals("The file hides this row. It is read all the same.", english.explain(hidden, 5).text)
        val all =
            listOf(
                Expected.Day,
                Expected.DayOrYear,
                Expected.Moment,
                Expected.Country,
                Expected.Number,
                Expected.HowMany,
                Expected.Line,
                Expected.From("2026-11-24"),
                Expected.Until("2026-11-24"),
                Expected.AtMost(20),
                Expected.Another,
                sexes,
            )
        for (catalogue in listOf(english, indonesian)) {
            val said = all.map(catalogue::text)
            assertEquals(emptyList(), said.filter { it.startsWith("expect-") || '…' in it })
        }
    }

    @Test
    fun `arguments are filled in and missing ones are dots`() {
        assertEquals("Free 20 MB.", english.explain("APOA-D701", mapOf("mb" to "20")).remedy)
        assertEquals("Sending… (… of 3)", english.text("state-sending", mapOf("n" to "3")))
        assertEquals("Room", english.text("field-room"))
    }

    @Test
    fun `what is not known says so`() {
        assertEquals(Explained("APOA-Z999", ""), english.explain("APOA-Z999"))
        assertNull(english.text("no-such-key"))
    }

    private companion object {
        val HINTS: List<Hint> =
            Side.entries.map { Hint.CutOff(it) } +
                listOf("damaged", "covered", "faded", "curved").map { Hint.Unreadable(it) } +
                listOf(
                    Hint.Aim,
                    Hint.Several(2),
                    Hint.Wrong("wifi"),
                    Hint.Farther,
                    Hint.Closer(1.8f),
                    Hint.Dark(true),
                    Hint.Bright,
                    Hint.Glare(Corner(0f, 0f)),
                    Hint.Still,
                    Hint.Focus,
                    Hint.Nowhere,
                    Hint.GiveUp,
                )
    }
}
