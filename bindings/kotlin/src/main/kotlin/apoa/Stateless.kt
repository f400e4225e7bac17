package apoa

import apoa.ffi.Described
import apoa.ffi.DraftException
import apoa.ffi.InputException
import apoa.ffi.LookUpKey
import apoa.ffi.MrzReading

/**
 * Looks for a machine-readable zone in a text: lines, one joined line, or a page around them. [today], ISO, settles the
 * century of a birth year.
 */
@Throws(InputException::class)
public fun readMrz(
    text: String,
    today: String,
): MrzReading = apoa.ffi.readMrz(text, today)

/** Whether permit and passport belong together, by the built-in patterns. No verdict blocks a report. */
@Throws(InputException::class)
public fun compare(
    permit: Described,
    passport: Described,
    occasion: Occasion,
): Comparison = apoa.ffi.compare(permit, passport, occasion)

/** The key to look up among written facts: the first number there is. */
@Throws(DraftException::class)
public fun keyOfFacts(facts: Map<String, String>): LookUpKey? = apoa.ffi.keyOfFacts(facts)

/** [draft] with what a reading says; facts that do not belong to its kind of report are passed over. */
@Throws(DraftException::class)
public fun fillDraft(
    draft: Draft,
    facts: Map<String, String>,
    source: FactSource,
): Draft = apoa.ffi.fillDraft(draft, facts, source)

/**
 * The draft of the next person of a group: the stay of [draft] is kept, and nothing of the person, their documents or
 * what was remarked of them.
 */
@Throws(DraftException::class)
public fun nextGuest(draft: Draft): Draft = apoa.ffi.nextGuest(draft)

/** Version of the core, as the server sees it. */
public fun version(): String = apoa.ffi.version()

/**
 * Sends the core's log lines of this level and above to [sink], on a thread of its own. One sink a process: a later one
 * takes the place of the one before.
 */
public fun installLog(
    sink: LogSink,
    level: LogLevel = LogLevel.WARN,
): Unit = apoa.ffi.installLog(sink, level)
