package apoa

import apoa.ffi.ReceiptCheck
import apoa.ffi.VaultException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.test.fail
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Plays one file of `tests/scenarios` against the library, a store on disk and the server's process. */
class Scenario(
    private val folder: File,
    private val scenario: JsonObject,
) : AutoCloseable {
    private val phones = mutableMapOf<String, Apoa>()
    private val reports = mutableMapOf<String, ReportId>()
    private var server: Server? = null

    suspend fun play() {
        when (val wanted = scenario.getValue("server")) {
            is JsonArray -> server = Server(office(), wanted.map { it.jsonPrimitive.content })
            is JsonPrimitive -> if (wanted.boolean) server = Server(office())
            is JsonObject -> fail("not a server: $wanted")
        }
        scenario.getValue("steps").jsonArray.map { it.jsonObject }.forEachIndexed { number, step ->
            try {
                expected(step)
            } catch (failed: Throwable) {
                throw AssertionError("step ${number + 1}, $step: $failed", failed)
            }
        }
    }

    override fun close() {
        phones.values.forEach(Apoa::close)
        server?.close()
    }

    /** Plays a step that has to succeed, or to fail by the type that it names. */
    private suspend fun expected(step: JsonObject) {
        val fails = step.optionalText("fails") ?: return play(step)
        val failure = runCatching { play(step) }.exceptionOrNull() ?: fail("it did not fail")
        assertEquals(fails, kind(failure), failure.toString())
    }

    private suspend fun play(step: JsonObject): Unit =
        when (step.text("do")) {
            "open" -> open(step)
            "open_with_vault" -> openWithVault(step)
            "close" -> phone(step).close()
            "suspend" -> phone(step).suspend()
            "resume" -> phone(step).resume()
            "sign_in" -> signIn(step)
            "check" -> check(step)
            "finalise" -> finalise(step)
            "next_guest" -> nextGuest(step)
            "preview_list" -> list(step).preview(phone(step))
            "compare_list" -> list(step).compare(phone(step), reports)
            "file_list" -> list(step).file(phone(step))
            "finalise_and_die" -> finaliseAndDie(step)
            "edit" -> edit(step)
            "follow_up" -> followUp(step)
            "withdraw" -> withdraw(step)
            "sync" -> sync(step)
            "see" -> see(step)
            "counts" -> counts(step)
            "find" -> find(step)
            "verify" -> verify(step)
            "rotate_keys" -> rotateKeys(step)
            "office" -> decide(step)
            "server_stops" -> running().close()
            "server_starts" -> server = Server(office())
            "scan" -> scan(step)
            "callers" -> callers(step)
            "scanners" -> repeat(count(step)) { FrameScanner().use { assertEquals(0, it.copied) } }
            "frames" -> frames(step)
            else -> fail("an unknown step")
        }

    private fun office() = folder.resolve("office")

    private fun running() = assertNotNull(server, "no server")

    private fun phone(step: JsonObject) = assertNotNull(phones[step.text("phone")], "no such phone")

    private fun folder(step: JsonObject) = folder.resolve("phone-${step.text("phone")}")

    private fun report(step: JsonObject) = assertNotNull(reports[step.text("report")], "no such report")

    private fun count(step: JsonObject) = assertNotNull(step.number("count"), "no count").toInt()

    private fun list(step: JsonObject) = ListStep(step, scenario.getValue("lists").jsonObject)

    private fun asked(step: JsonObject) = draft(step.text("draft"), step.texts("facts"))

    private suspend fun open(step: JsonObject) {
        phones[step.text("phone")] = Apoa.open(folder(step), running().url, running().trust)
    }

    private suspend fun openWithVault(step: JsonObject) {
        val vault =
            when (val kind = step.text("vault")) {
                "throws" -> MemoryVault { error("on purpose") }
                "locked" -> MemoryVault { throw VaultException.Locked() }
                "slow" -> MemoryVault { Thread.sleep(SLOW_MS) }
                else -> fail("no such vault: $kind")
            }
        val config = Config(folder(step).path, running().url, running().trust, clientId = "test", platform = "jvm")
        phones[step.text("phone")] = Apoa.open(config, vault)
    }

    private suspend fun signIn(step: JsonObject) {
        phone(step).signIn(running().user, step.optionalText("secret") ?: running().password)
    }

    private suspend fun check(step: JsonObject) {
        val problems = phone(step).check(asked(step)).filterNot { it.notice }
        assertEquals(step.texts("problems"), problems.associate { it.field to it.code })
    }

    private suspend fun finalise(step: JsonObject) {
        val kept = phone(step).finalise(asked(step), again = step.optionalText("again"))
        reports[step.text("as")] = kept.report
    }

    private suspend fun nextGuest(step: JsonObject) {
        val before = assertNotNull(reports[step.text("after")], "no such report")
        val (kind, stay) = nextGuest(assertNotNull(phone(step).draft(before)))
        reports[step.text("as")] = phone(step).finalise(Draft(kind, stay + dated(step.texts("facts")))).report
    }

    private suspend fun edit(step: JsonObject) {
        val (kind, said) = assertNotNull(phone(step).draft(report(step)), "no such report")
        phone(step).amend(report(step), Draft(kind, said + dated(step.texts("facts"))))
    }

    private suspend fun followUp(step: JsonObject) {
        val kind = FollowUpKind.entries.single { it.word == step.text("kind") }
        phone(step).followUp(report(step), FollowUp(kind, dated(step.texts("facts"))))
    }

    private suspend fun withdraw(step: JsonObject) {
        phone(step).withdraw(report(step), step.text("reason"))
    }

    private suspend fun rotateKeys(step: JsonObject) {
        phone(step).rotateKeys()
    }

    /** The phone's own process has closed; another keeps the report and is gone. */
    private fun finaliseAndDie(step: JsonObject) {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val settings = listOf("jna.library.path", "jna.nosys", "apoa.repository", "apoa.program")
        val phone =
            ProcessBuilder(
                listOf(java, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")) +
                    settings.map { "-D$it=${System.getProperty(it)}" } +
                    listOf(DyingPhone::class.java.name, folder(step).path, step.text("draft")),
            ).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
        assertEquals(DyingPhone.KEPT, phone.waitFor())
    }

    private suspend fun sync(step: JsonObject) {
        val phone = phone(step)
        val run = phone.newRun()
        val budget = step.number("budget_ms")?.milliseconds ?: 20.seconds
        val summary =
            coroutineScope {
                val cancel =
                    step.number("cancel_after_ms")?.let {
                        launch {
                            delay(it.milliseconds)
                            phone.cancel(run)
                        }
                    }
                phone.sync(budget, run = run).also { cancel?.cancel() }
            }
        val counts = mapOf("sent" to summary.sent, "received" to summary.received, "left" to summary.left)
        for ((name, value) in counts) step.number(name)?.let { assertEquals(it, value, "$name in $summary") }
        step.optionalText("stopped_by")?.let { assertEquals(it, summary.stoppedBy?.word) }
    }

    private suspend fun see(step: JsonObject) {
        val seen = assertNotNull(phone(step).report(report(step)), "no such report")
        step.optionalText("standing")?.let { assertEquals(it, seen.row.standing.word) }
        step.optionalText("work")?.let { assertEquals(it, seen.row.work.word) }
        step["closed"]?.let { assertEquals(it.jsonPrimitive.booleanOrNull, seen.row.closed) }
        step.number("receipts")?.let { assertEquals(it.toInt(), seen.receipts.size) }
        val facts = dated(step.texts("facts"))
        assertEquals(facts, seen.facts.filterKeys { it in facts })
    }

    private suspend fun counts(step: JsonObject) {
        val counts = phone(step).counts()
        val all =
            mapOf(
                "draft" to counts.draft,
                "queued" to counts.queued,
                "wedged" to counts.wedged,
                "needs_correction" to counts.needsCorrection,
                "received" to counts.received,
                "accepted" to counts.accepted,
                "rejected" to counts.rejected,
                "cancelled" to counts.cancelled,
                "discarded" to counts.discarded,
            )
        for (name in step.keys - listOf("do", "phone", "fails")) {
            assertEquals(step.number(name), assertNotNull(all[name], "no such count: $name"), name)
        }
    }

    private suspend fun find(step: JsonObject) {
        val all = phone(step).reports(Page(limit = 50))
        reports[step.text("as")] = all.single { it.passportNumber == step.text("passport") }.report
    }

    private suspend fun verify(step: JsonObject) {
        val newest = assertNotNull(phone(step).report(report(step)), "no such report").receipts.first()
        val check = phone(step).verifyReceipt(newest, step.optionalText("passport"))
        val proof = check as? ReceiptCheck.Proved
        step["valid"]?.let { assertEquals(it.jsonPrimitive.boolean, proof != null) }
        step["belongs"]?.let { assertEquals(it.jsonPrimitive.boolean, proof?.passport) }
    }

    private fun decide(step: JsonObject) {
        val report = report(step).toString()
        when (val decision = step.text("decide")) {
            "accept" -> running().office("accept", report)
            "correct" -> running().office("correct", report, "--field", step.text("field"))
            "reject" -> running().office("reject", report, "--reason", step.text("reason"))
            else -> fail("no such decision: $decision")
        }
    }

    private fun scan(step: JsonObject) {
        for ((buffer, shot) in Frame(step.text("frame")).shots()) {
            val reading = assertNotNull(FrameScanner().use(shot::readBy), "nothing was read: $buffer")
            assertEquals(step.text("word"), reading.word, buffer)
            for ((field, value) in step.texts("facts")) assertEquals(value, reading.facts[field], buffer)
        }
    }

    private suspend fun callers(step: JsonObject) {
        val phone = phone(step)
        coroutineScope {
            List(count(step)) { caller ->
                async(Dispatchers.Default) {
                    val number = "L${FIRST_NUMBER + caller}"
                    val kept = phone.finalise(draft(step.text("draft"), mapOf("passport_number" to number)))
                    assertEquals(number, phone.report(kept.report)?.facts?.get("passport_number"))
                    assertTrue(phone.counts().queued > 0)
                }
            }.awaitAll()
        }
    }

    private fun frames(step: JsonObject) {
        val frame = Frame(step.text("frame"))
        val luma = direct(frame.luma)
        val count = count(step)
        FrameScanner().use { scanner ->
            fun scan(times: Int) = repeat(times) { scanner.scan(luma, frame.layout(), it.toLong()) }
            scan(count / WARM_UP)
            val before = residentKb()
            scan(count - count / WARM_UP)
            val grown = residentKb() - before
            assertTrue(grown <= assertNotNull(step.number("grows_kb")), "grew by $grown KB")
        }
    }

    private fun residentKb(): Long =
        File("/proc/self/status").useLines { lines ->
            lines.first { it.startsWith("VmRSS:") }.filter(Char::isDigit).toLong()
        }

    private companion object {
        const val SLOW_MS = 50L
        const val FIRST_NUMBER = 100_000

        /** The part of the frames after which memory is looked at first. */
        const val WARM_UP = 10

        /** `Enum.Variant` of the bridge's surface; `closed` for a call after the end. */
        fun kind(failure: Throwable): String {
            val named = Regex("""apoa\.ffi\.(\w+)Exception\$(\w+)""").matchEntire(failure.javaClass.name)
            return when {
                named != null -> "${named.groupValues[1]}Error.${named.groupValues[2]}"
                failure is IllegalStateException -> "closed"
                else -> failure.javaClass.name
            }
        }
    }
}
