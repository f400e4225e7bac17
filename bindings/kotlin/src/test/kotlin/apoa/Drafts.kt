package apoa

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import java.time.LocalDate
import java.time.ZoneId

private val today: LocalDate = LocalDate.now(ZoneId.of("Asia/Jakarta"))

/** The drafts that all scenarios share. */
private val drafts =
    Json.parseToJsonElement(repository.resolve("tests/scenarios/drafts.json").readText()).jsonObject

/** The draft of this name, with other [facts] laid over it. */
fun draft(
    name: String,
    facts: Map<String, String> = emptyMap(),
): Draft {
    val draft = checkNotNull(drafts[name]) { "no draft $name" }.jsonObject
    val kind = ReportKind.entries.single { it.word == draft.text("kind") }
    return Draft(kind, dated(draft.texts("facts") + facts))
}

fun dated(facts: Map<String, String>): Map<String, String> = facts.mapValues { (_, value) -> dated(value) }

/** `@today`, `@today+3` and `@today-1` as days; anything else as it is. */
fun dated(value: String): String {
    val days = Regex("""@today([+-]\d+)?""").matchEntire(value) ?: return value
    return today.plusDays(days.groupValues[1].ifEmpty { "0" }.toLong()).toString()
}
