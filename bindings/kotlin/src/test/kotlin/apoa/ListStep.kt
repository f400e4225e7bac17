package apoa

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive
import kotlin.test.assertEquals
import kotlin.test.assertFalse

/** A step with a list of people. */
internal class ListStep(
    private val step: JsonObject,
    lists: JsonObject,
) {
    private val list: ByteArray =
        lists
            .getValue(step.text("list"))
            .jsonArray
            .joinToString("\n") { row -> row.jsonArray.joinToString(";") { dated(it.jsonPrimitive.content) } }
            .encodeToByteArray()

    private val request =
        RosterRequest(ReportKind.entries.single { it.word == step.text("kind") }, step.texts("titles"))

    suspend fun preview(phone: Apoa) {
        val seen = phone.previewRoster(list, request, RosterPage(limit = 50))
        val counts =
            mapOf(
                "ready" to seen.ready,
                "warnings" to seen.warnings,
                "wrong" to seen.errors,
                "duplicates" to seen.duplicates,
            )
        for ((name, count) in counts) assertEquals(step.number(name), count.toLong(), name)
        val problems =
            seen.rows.flatMap { row -> row.problems.map { "${row.number} ${it.field}" to it.code } }
        assertEquals(step.texts("problems"), problems.toMap())
    }

    suspend fun compare(
        phone: Apoa,
        reports: Map<String, ReportId>,
    ) {
        val (unreported, changed, same, gone) = phone.compareRoster(list, request)
        assertEquals(numbers("unreported"), unreported)
        assertEquals(numbers("changed"), changed.map { it.row })
        assertEquals(step.number("same"), same.toLong())
        assertEquals(step.getValue("gone").jsonArray.map { reports[it.jsonPrimitive.content] }, gone)
    }

    suspend fun file(phone: Apoa) {
        val filed = phone.fileRoster(list, request, numbers("leave_out").toSet())
        assertEquals(step.number("filed"), filed.reports.size.toLong())
        assertEquals(0, filed.existing)
        assertFalse(filed.stopped)
    }

    private fun numbers(key: String): List<Int> = (step[key] as? JsonArray).orEmpty().map { it.jsonPrimitive.int }
}
