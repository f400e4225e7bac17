package apoa

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.net.InetAddress
import java.net.ServerSocket
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

class CancelTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `a run that is cancelled before it began ends at once`() =
        signedIn { apoa, _ ->
            apoa.finalise(draft("guest"))
            val run = apoa.newRun()
            apoa.cancel(run)
            val summary = apoa.sync(run = run)
            assertEquals(StoppedBy.CANCELLED, summary.stoppedBy)
            assertEquals(0, summary.sent)
        }

    @Test
    fun `a list whose filing is cancelled is filed by the next call`() =
        signedIn { apoa, _ ->
            val guest = draft("guest").facts
            val list = "${guest.keys.joinToString(";")}\n${guest.values.joinToString(";")}".encodeToByteArray()
            val request = RosterRequest(ReportKind.LODGING_CHECK_IN, guest.keys.minus("source").associateWith { it })
            val run = apoa.newRun()
            apoa.cancel(run)
            assertEquals(
                RosterFiled(emptyList(), existing = 0, stopped = true),
                apoa.fileRoster(list, request, run = run),
            )
            assertEquals(1, apoa.fileRoster(list, request).reports.size)
            assertEquals(1, apoa.counts().queued)
        }

    @Test
    fun `a run that is cancelled while the server is silent ends and the next one sends`() =
        signedIn("hang_after_commit@/ops") { apoa, server ->
            apoa.finalise(draft("guest"))
            val run = apoa.newRun()
            val syncing = async { apoa.sync(run = run) }
            withContext(Dispatchers.IO) { server.await("committed") }
            apoa.cancel(run)
            assertEquals(StoppedBy.CANCELLED, syncing.await().stoppedBy)
            assertEquals(1, apoa.sync().received)
        }

    @Test
    fun `a run that has ended is not cancelled and neither is the next`() =
        signedIn { apoa, _ ->
            apoa.finalise(draft("guest"))
            val run = apoa.newRun()
            assertEquals(1, apoa.sync(run = run).received)
            apoa.cancel(run)
            assertEquals(null, apoa.sync().stoppedBy)
        }

    @Test
    fun `a coroutine that is cancelled has ended its run when it ends`() =
        signedIn("hang_after_commit@/ops") { apoa, server ->
            apoa.finalise(draft("guest"))
            val syncing = launch { apoa.sync() }
            withContext(Dispatchers.IO) { server.await("committed") }
            syncing.cancelAndJoin()
            // Were it still under way, this one would be refused.
            assertEquals(1, apoa.sync().received)
        }

    @Test
    fun `a coroutine that was cancelled before it began makes no run`() =
        signedIn { apoa, _ ->
            apoa.finalise(draft("guest"))
            val syncing = launch(start = CoroutineStart.LAZY) { apoa.sync() }
            syncing.cancelAndJoin()
            assertEquals(1, apoa.counts().queued)
            assertEquals(1, apoa.sync().sent)
        }

    @Test
    fun `lists and saves do not wait for a run that hangs on a dead socket`() =
        signedIn { apoa, server ->
            apoa.finalise(draft("guest"))
            server.close()
            DeadSocket(server.port).use { socket ->
                val syncing = async { apoa.sync() }
                socket.awaitGuest()
                assertEquals(1, apoa.reports(Page(limit = 50)).size)
                assertEquals(1, apoa.counts().queued)
                apoa.finalise(draft("worker"))
                assertTrue(syncing.isActive, "the run ended before the lists were read")
                syncing.cancelAndJoin()
            }
            assertEquals(2, apoa.counts().queued)
        }

    @Test
    fun `closing ends a run`() =
        signedIn("hang_after_commit@/ops") { apoa, server ->
            apoa.finalise(draft("guest"))
            val syncing = async { apoa.sync() }
            withContext(Dispatchers.IO) { server.await("committed") }
            apoa.close()
            assertEquals(StoppedBy.CANCELLED, syncing.await().stoppedBy)
            assertFalse(syncing.isActive)
        }

    private fun signedIn(
        vararg faults: String,
        test: suspend kotlinx.coroutines.CoroutineScope.(Apoa, Server) -> Unit,
    ) = runBlocking {
        Server(folder.resolve("office"), faults.toList()).use { server ->
            Apoa.open(folder.resolve("phone"), server.url, server.trust).use { apoa ->
                apoa.signIn(server.user, server.password)
                withTimeout(PATIENCE_S.seconds) { test(apoa, server) }
            }
        }
    }

    /** Takes every connection and never says a word. */
    private class DeadSocket(
        port: Int,
    ) : AutoCloseable {
        private val socket = ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress())

        suspend fun awaitGuest() = withContext(Dispatchers.IO) { socket.accept() }

        override fun close() = socket.close()

        private companion object {
            const val BACKLOG = 8
        }
    }
}
