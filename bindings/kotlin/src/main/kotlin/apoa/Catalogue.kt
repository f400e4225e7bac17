package apoa

import apoa.ffi.CellFault
import apoa.ffi.DraftException
import apoa.ffi.Expected
import apoa.ffi.Hint
import apoa.ffi.InputException
import apoa.ffi.PhotoProblem
import apoa.ffi.Problem
import apoa.ffi.RosterException
import apoa.ffi.ScanException
import apoa.ffi.StoreException
import apoa.ffi.SyncException
import java.util.Locale
import java.util.Properties

/** A code in words. */
public data class Explained(
    /** What happened. */
    val text: String,
    /** What to do. */
    val remedy: String,
)

/**
 * The core's words for people, in Indonesian or English; the command line says the same. Texts leave room for
 * arguments: one that is not given shows as dots, since half a sentence is better than none.
 *
 * @sample apoa.GuideTest.words
 */
public class Catalogue private constructor(
    private val language: String,
    private val texts: Map<String, String>,
) {
    /** What [code] means, such as `APOA-D701`, and what to do. A code that nobody knows stands for itself. */
    public fun explain(
        code: String,
        arguments: Map<String, String> = emptyMap(),
    ): Explained {
        val key = code.removePrefix("APOA-")
        return Explained(text(key, arguments) ?: code, text("$key.remedy", arguments).orEmpty())
    }

    /** What went wrong, and what to do: the first problem of a draft, the code of any other error of the core. */
    public fun explain(failure: Throwable): Explained =
        when (failure) {
            is DraftException -> explain(failure.code(), arguments(failure))
            is SyncException -> explain(failure.code())
            is StoreException -> explain(failure.code())
            is ScanException -> explain(failure.code())
            is RosterException -> explain(failure.code(), arguments(failure))
            is InputException.NotRead -> explain(failure.failure)
            else -> explain("APOA-X901")
        }

    /** What is wrong with a field of a draft, and what to do. */
    public fun explain(problem: FieldProblem): Explained = explain(problem.code, arguments(problem))

    /** What is wrong with a row of a list, and what to do; [row] is its number. */
    public fun explain(
        problem: CellProblem,
        row: Int,
    ): Explained {
        val code = problem.code ?: return Explained(said("roster-hidden"), "")
        val fault = problem.fault
        val arguments = mutableMapOf("n" to "$row", "value" to problem.found)
        if (fault is CellFault.Repeats) arguments["other"] = "${fault.row}"
        problem.field?.let { arguments["field"] = said("field-$it") }
        problem.expected?.let { arguments["expected"] = text(it) }
        val rule = (fault as? CellFault.Rule)?.problem
        return if (rule?.code == code) explain(rule) else explain(code, arguments)
    }

    /** What should stand in a cell of a list. */
    public fun text(expected: Expected): String =
        when (expected) {
            Expected.Day -> said("expect-date")
            Expected.DayOrYear -> said("expect-birth")
            Expected.Moment -> said("expect-instant")
            Expected.Country -> said("expect-country")
            Expected.Number -> said("expect-number")
            Expected.HowMany -> said("expect-count")
            Expected.Line -> said("expect-text")
            is Expected.OneOf -> said("expect-words", mapOf("a" to words(expected).joinToString()))
            is Expected.From -> said("expect-from", mapOf("date" to typed(expected.day)))
            is Expected.Until -> said("expect-until", mapOf("date" to typed(expected.day)))
            is Expected.AtMost -> said("expect-length", mapOf("n" to "${expected.characters}"))
            Expected.Another -> said("expect-other")
        }

    /** What would help the camera. */
    public fun text(hint: Hint): String =
        when (hint) {
            is Hint.CutOff -> said("hint-cut-off-${hint.side.key}")
            is Hint.Unreadable -> text("hint-unreadable-${hint.reason}") ?: said("hint-unreadable")
            is Hint.Wrong -> said("hint-wrong", mapOf("kind" to hint.kind))
            Hint.Aim -> said("hint-aim")
            is Hint.Several -> said("hint-several")
            Hint.Farther -> said("hint-farther")
            is Hint.Closer -> said("hint-closer")
            is Hint.Dark -> said("hint-dark")
            Hint.Bright -> said("hint-bright")
            is Hint.Glare -> said("hint-glare")
            Hint.Still -> said("hint-still")
            Hint.Focus -> said("hint-focus")
            Hint.Nowhere -> said("hint-where")
            Hint.GiveUp -> said("hint-give-up")
        }

    /** Why a verdict is what it is. */
    public fun text(reason: Reason): String = said("reason-${reason.name}")

    /** What stands in the way of a change. */
    public fun text(why: Obstacle): String = said(if (why == Obstacle.STILL_DRAFT) "bar-draft" else "bar-${why.key}")

    /** The name of a fact that a unit says about itself. */
    public fun text(field: ProfileField): String =
        said(if (field == ProfileField.TIME_ZONE) "profile-zone" else "profile-${field.name.lowercase()}")

    /** What stands under [key] in the core's `locales`, such as `field-room`; nothing if nothing does. */
    public fun text(
        key: String,
        arguments: Map<String, String> = emptyMap(),
    ): String? = texts[key]?.let { text -> ARGUMENT.replace(text) { arguments[it.groupValues[1]] ?: "…" } }

    private fun arguments(failure: DraftException): Map<String, String> =
        when (failure) {
            is DraftException.Invalid -> failure.problems.find { !it.notice }?.let(::arguments) ?: emptyMap()
            is DraftException.UnknownField -> mapOf("code" to failure.code, "guess" to failure.nearest)
            is DraftException.BadValue -> mapOf("field" to text(failure.field))
            is DraftException.NotPossible -> mapOf("state" to text(failure.why))
            is DraftException.NoReport -> mapOf("state" to said("bar-unknown"))
            is DraftException.PhotoRefused -> arguments(failure.why)
            is DraftException.Duplicate, is DraftException.NoUnit, is DraftException.StoreFailed -> emptyMap()
        }

    private fun arguments(problem: FieldProblem): Map<String, String> {
        val field = "field" to said("field-${problem.field}")
        return when (val what = problem.problem) {
            is Problem.Before -> mapOf(field, "relation" to said("word-before"), "date" to typed(what.earliest))
            is Problem.After -> mapOf(field, "relation" to said("word-after"), "date" to typed(what.latest))
            is Problem.TooLong -> mapOf(field, "n" to "${what.most}")
            is Problem.Foreign -> mapOf("code" to problem.field, "guess" to what.meant)
            Problem.NotThere, Problem.NotADate, Problem.Characters, Problem.LongAgo -> mapOf(field)
        }
    }

    private fun arguments(failure: RosterException): Map<String, String> =
        when (failure) {
            is RosterException.ColumnsMissing -> mapOf("field" to failure.fields.joinToString { said("field-$it") })
            is RosterException.TooLarge -> mapOf("n" to "${failure.mostRows}", "mb" to "${failure.mostMb}")
            is RosterException.UnknownField -> mapOf("code" to failure.code, "guess" to failure.nearest)
            is RosterException.Unreadable, is RosterException.BadInput -> emptyMap()
            is RosterException.NoUnit, is RosterException.StoreFailed -> emptyMap()
        }

    private fun words(expected: Expected.OneOf) = if (language == INDONESIAN) expected.indonesian else expected.english

    private fun arguments(why: PhotoProblem): Map<String, String> =
        if (why is PhotoProblem.TooLarge) mapOf("n" to "${why.mostBytes / BYTES_IN_KB}") else emptyMap()

    /** An ISO day as people type it: day, month, year. */
    private fun typed(day: String) = day.split("-").reversed().joinToString("-")

    private fun said(
        key: String,
        arguments: Map<String, String> = emptyMap(),
    ): String = text(key, arguments) ?: key

    /** Where catalogues come from. */
    public companion object {
        private const val BYTES_IN_KB = 1000
        private const val INDONESIAN = "id"
        private val ARGUMENT = Regex("""\{([^}]+)\}""")
        private val Enum<*>.key get() = name.lowercase().replace('_', '-')

        /** The catalogue for a reader of [locale]: Indonesian if that is its language, else English. Reads a file. */
        public fun of(locale: Locale = Locale.getDefault()): Catalogue = of(locale.language)

        internal fun of(language: String): Catalogue {
            // Java before 17 writes Indonesian "in", and so does Android.
            val name = if (language == INDONESIAN || language == "in") INDONESIAN else "en"
            val file = checkNotNull(Catalogue::class.java.getResourceAsStream("/apoa/catalogue/$name.properties"))
            val texts = Properties().apply { file.reader().use(::load) }
            return Catalogue(name, texts.stringPropertyNames().associateWith(texts::getProperty))
        }
    }
}
