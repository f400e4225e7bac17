package apoa

import apoa.ffi.DraftException
import apoa.ffi.InputException
import apoa.ffi.ReceiptCheck
import apoa.ffi.SyncException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ApoaTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `before the first sign-in everything says so`() =
        runBlocking {
            Apoa.open(folder).use { apoa ->
                assertNull(apoa.account())
                assertEquals(0, apoa.counts().queued)
                assertEquals(emptyList(), apoa.queue())
                assertFailsWith<DraftException.NoUnit> { apoa.finalise(draft("guest")) }
                val notSetUp = assertFailsWith<SyncException.NotSetUp> { apoa.signIn("resepsionis", "secret") }
                assertEquals(SetUp.SERVER to "APOA-A606", notSetUp.missing to notSetUp.code())
                assertFailsWith<SyncException.NotSetUp> { apoa.sync() }
                Unit
            }
        }

    @Test
    fun `arguments that are not of their form are typed errors`() =
        runBlocking {
            Apoa.open(folder).use { apoa ->
                val unknown =
                    assertFailsWith<DraftException.UnknownField> {
                        apoa.check(Draft(ReportKind.LODGING_CHECK_IN, mapOf("pasport_number" to "L898902C3")))
                    }
                assertEquals("pasport_number" to "passport_number", unknown.code to unknown.nearest)
                assertFailsWith<InputException.BadInput> { apoa.reports(Page(limit = -1)) }
                Unit
            }
            assertFailsWith<SyncException.NotSetUp> { Apoa.open(folder, server = "no address") }
            assertFailsWith<SyncException.NotSetUp> { Apoa.open(folder, trust = "no certificate") }
            Unit
        }

    @Test
    fun `a draft is told all that is wrong with it`() =
        runBlocking {
            Apoa.open(folder).use { apoa ->
                val problems = apoa.check(draft("guest", mapOf("purpose" to "", "full_name" to "")))
                val wrong = problems.filterNot { it.notice }.associate { it.field to it.code }
                assertEquals(mapOf("purpose" to "APOA-V301", "full_name" to "APOA-V301"), wrong)
            }
        }

    @Test
    fun `a closed client refuses every call and closing twice is fine`() =
        runBlocking {
            val apoa = Apoa.open(folder)
            apoa.close()
            apoa.close()
            assertFailsWith<IllegalStateException> { apoa.counts() }
            assertFailsWith<IllegalStateException> { apoa.sync() }
            assertFailsWith<IllegalStateException> { apoa.finalise(draft("guest")) }
            assertFailsWith<IllegalStateException> { apoa.cancel(1) }
            Apoa.open(folder).use { assertEquals(0, it.counts().queued) }
        }

    @Test
    fun `a second process or client of one folder is refused until the first has closed`() =
        runBlocking {
            Apoa.open(folder).use {
                val second = assertFailsWith<SyncException.StoreFailed> { Apoa.open(folder) }
                assertEquals(apoa.ffi.StoreException.Busy::class, second.failure::class)
            }
            Apoa.open(folder).close()
        }

    @Test
    fun `a report is kept and then proved`() =
        runBlocking {
            Server(folder.resolve("office")).use { server ->
                Apoa.open(folder.resolve("phone"), server.url, server.trust).use { apoa ->
                    assertFailsWith<SyncException.WrongSecret> { apoa.signIn(server.user, "wrong") }
                    assertEquals(server.user, apoa.signIn(server.user, server.password).user)
                    val kept = apoa.finalise(draft("guest"))
                    val twice = assertFailsWith<DraftException.Duplicate> { apoa.finalise(draft("guest")) }
                    assertEquals(kept.report, twice.existing)
                    assertEquals(listOf(kept.op), apoa.queue().map { it.op })
                    val summary = apoa.sync()
                    assertEquals(Triple(1L, 1L, 0L), Triple(summary.sent, summary.received, summary.left))
                    val receipt = assertNotNull(apoa.report(kept.report)).receipts.single()
                    val proof = assertIs<ReceiptCheck.Proved>(apoa.verifyReceipt(receipt, "L898902C3"))
                    assertEquals(kept.report to true, proof.report to proof.passport)
                    val other = assertIs<ReceiptCheck.Proved>(apoa.verifyReceipt(receipt, "X00000001"))
                    assertEquals(false, other.passport)
                    assertIs<ReceiptCheck.NotProved>(apoa.verifyReceipt(receipt.dropLast(4)))
                    assertTrue(apoa.doctor().none { it.problem != null })
                }
            }
        }
}
