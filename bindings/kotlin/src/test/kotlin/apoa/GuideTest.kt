package apoa

import apoa.ffi.Payload
import apoa.ffi.ReceiptCheck
import apoa.ffi.Scanned
import apoa.ffi.SyncException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.ByteBuffer
import java.time.LocalDate
import java.time.ZoneId
import java.util.Locale
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** What `docs/guide/kotlin.md` shows, word for word, as it runs. */
class GuideTest {
    @TempDir
    lateinit var directory: File

    @Test
    fun `the guide shows nothing but what runs here`() {
        val guide = repository.resolve("docs/guide/kotlin.md").readText()
        val here = repository.resolve("bindings/kotlin/src/test/kotlin/apoa/GuideTest.kt").readText()
        val blocks = Regex("""```kotlin\n(.*?)\n```""", RegexOption.DOT_MATCHES_ALL).findAll(guide).toList()
        assertEquals(4, blocks.size)
        for (block in blocks.map { it.groupValues[1] }) {
            val indented = Regex("(?m)^(?=.)").replace(block, INDENT)
            assertTrue(indented in here, "not in GuideTest.kt:\n$block")
        }
    }

    @Test
    fun `a report`() =
        Server(directory.resolve("office")).use {
            val trust = directory.resolve("trust.pem").apply { writeText(it.trust) }
            runBlocking { report(directory.resolve("phone"), it.url, trust, it.user, it.password) }
        }

    @Test
    fun `a screen`() =
        runBlocking {
            val apoa = Apoa.open(directory)
            val watching = screen(apoa)
            apoa.watchCounts().first()
            apoa.close()
            watching.joinAll()
        }

    @Test
    fun `a permit`() {
        val frame = Frame("permit")
        val shot = frame.shots().getValue("direct")
        val camera =
            List(30) { Image(frame.width, frame.height, shot.rowStride, shot.pixelStride, 33L * it, shot.luma) }
        assertEquals("ERIKSSON ANNA MARIA", frames(camera)["full_name"])
    }

    @Test
    fun `what went wrong`() {
        assertEquals("Kode atau kata sandi salah.", words(SyncException.WrongSecret()))
    }

    private fun words(failure: SyncException): String {
        val (text, remedy) = Catalogue.of(Locale.forLanguageTag("id")).explain(failure)
        println("$text $remedy")
        return text
    }

    private suspend fun report(
        folder: File,
        url: String,
        trustFile: File,
        user: String,
        password: String,
    ) {
        Apoa.open(folder, server = url, trust = trustFile.readText()).use { apoa ->
            apoa.signIn(user, password)

            val guest =
                Draft(
                    kind = ReportKind.LODGING_CHECK_IN,
                    facts =
                        mapOf(
                            "source" to "manual",
                            "full_name" to "ERIKSSON ANNA MARIA",
                            "birth_date" to "1974-08-12",
                            "nationality" to "UTO",
                            "sex" to "F",
                            "passport_number" to "L898902C3",
                            "passport_expiry" to "2034-04-15",
                            "check_in" to LocalDate.now(ZoneId.of("Asia/Jakarta")).toString(),
                            "nights" to "3",
                            "purpose" to "holiday",
                        ),
                )
            for (problem in apoa.check(guest)) println("${problem.field}: ${problem.code}")

            val kept = apoa.finalise(guest)
            val summary = apoa.sync()
            println("${summary.received} received, ${summary.left} still wait")

            val receipt = apoa.report(kept.report)!!.receipts.first()
            check(apoa.verifyReceipt(receipt, passport = "L898902C3") is ReceiptCheck.Proved)
        }
    }

    private fun CoroutineScope.screen(apoa: Apoa): List<Job> {
        val badge = launch { apoa.watchCounts().collect { println("${it.queued} wait, ${it.received} received") } }
        val list = launch { apoa.watchQueue().collect { queue -> println(queue.map { it.work }) } }
        return listOf(badge, list)
    }

    private fun frames(camera: List<Image>): Map<String, String> {
        FrameScanner().use { scanner ->
            for (image in camera) {
                val layout = FrameLayout(image.width, image.height, image.rowStride, Rotation.UPRIGHT, null)
                when (val seen = scanner.scan(image.luma, layout, image.atMs, image.pixelStride)) {
                    is Scanned.Confirmed -> return (seen.payload as Payload.Code).found.reading.facts
                    is Scanned.Located -> println("hold still: ${seen.hint}")
                    is Scanned.Nothing -> println("look for the code: ${seen.hint}")
                    is Scanned.Unchanged -> continue
                }
            }
        }
        error("no permit in sight")
    }

    /** What a camera hands over. */
    private class Image(
        val width: Int,
        val height: Int,
        val rowStride: Int,
        val pixelStride: Int,
        val atMs: Long,
        val luma: ByteBuffer,
    )

    private companion object {
        const val INDENT = "        "
    }
}
