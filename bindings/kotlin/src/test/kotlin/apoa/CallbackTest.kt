package apoa

import apoa.ffi.ApoaClient
import apoa.ffi.Credentials
import apoa.ffi.Observer
import apoa.ffi.StoreException
import apoa.ffi.SyncException
import apoa.ffi.VaultException
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicReference
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** What a platform hands in may fail, throw, be slow, or call back. */
class CallbackTest {
    @TempDir
    lateinit var folder: File

    @Test
    fun `a vault that fails is told by its kind and the folder opens later`() =
        runBlocking {
            for ((failure, why) in listOf(
                VaultException.Locked() to WhyUnavailable.NOT_UNLOCKED,
                VaultException.Lost() to WhyUnavailable.GONE,
                VaultException.Failed() to WhyUnavailable.UNEXPECTED,
                IllegalStateException("by mistake") to WhyUnavailable.UNEXPECTED,
            )) {
                val fresh = folder.resolve(failure.javaClass.simpleName)
                val refused =
                    assertFailsWith<SyncException.StoreFailed> {
                        Apoa.open(config(fresh), MemoryVault { throw failure })
                    }
                assertEquals(why, (refused.failure as StoreException.KeyUnavailable).why)
                Apoa.open(config(fresh), MemoryVault()).use { assertEquals(0, it.counts().queued) }
            }
        }

    @Test
    fun `a folder opens again with the vault that made it`() =
        runBlocking {
            val vault = MemoryVault()
            Apoa.open(config(folder), vault).close()
            Apoa.open(config(folder), vault).use { assertEquals(0, it.counts().queued) }
            Unit
        }

    @Test
    fun `an observer may throw and what was kept is kept`() {
        val called = AtomicInteger()
        observed({
            called.incrementAndGet()
            error("by mistake")
        }) { client ->
            client.finalise(draft("guest"))
            assertEquals(1, client.counts().queued)
        }
        assertTrue(called.get() > 0)
    }

    @Test
    fun `an observer may call back`() {
        val counted = AtomicReference<Long>()
        val client = AtomicReference<ApoaClient>()
        observed({ client.get()?.let { counted.set(it.counts().queued) } }) {
            client.set(it)
            it.finalise(draft("guest"))
        }
        assertEquals(1, counted.get())
    }

    @Test
    fun `a slow observer holds up no reader`() {
        val entered = CountDownLatch(1)
        val leave = CountDownLatch(1)
        val slow = { counts: Counts ->
            if (counts.queued == 1L) {
                entered.countDown()
                check(leave.await(PATIENCE_S, TimeUnit.SECONDS))
            }
        }
        observed(slow) { client ->
            val saving = kotlin.concurrent.thread { client.finalise(draft("guest")) }
            assertTrue(entered.await(PATIENCE_S, TimeUnit.SECONDS))
            assertEquals(1, client.reports(Page(limit = 50)).size)
            leave.countDown()
            saving.join()
        }
    }

    private fun observed(
        told: (Counts) -> Unit,
        test: (ApoaClient) -> Unit,
    ) {
        val observer =
            object : Observer {
                override fun changed(counts: Counts) = told(counts)
            }
        Server(folder.resolve("office")).use { server ->
            val config = config(folder.resolve("phone")).copy(server = server.url, trust = server.trust)
            ApoaClient.openWithFileVault(config, observer).use { client ->
                client.signIn(Credentials.Password(server.user, server.password))
                test(client)
            }
        }
    }

    private fun config(folder: File) = Config(folder.path, null, null, clientId = "test", platform = "jvm")
}
