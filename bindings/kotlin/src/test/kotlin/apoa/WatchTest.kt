package apoa

import apoa.ffi.StoreException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.takeWhile
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

class WatchTest {
    @TempDir
    lateinit var folder: File
    private lateinit var server: Server
    private lateinit var apoa: Apoa

    @BeforeEach
    fun signIn() =
        runBlocking {
            server = Server(folder.resolve("office"))
            apoa = Apoa.open(folder.resolve("phone"), server.url, server.trust)
            apoa.signIn(server.user, server.password)
            Unit
        }

    @AfterEach
    fun close() {
        apoa.close()
        server.close()
    }

    @Test
    fun `every listener gets the counts at once and after each change`() =
        patiently {
            val started = List(2) { CompletableDeferred<Unit>() }
            val seen =
                started.map {
                    async {
                        apoa
                            .watchCounts()
                            .onEach { _ -> it.complete(Unit) }
                            .first { counts -> counts.received == 1L }
                    }
                }
            started.forEach { it.await() }
            apoa.finalise(draft("guest"))
            apoa.sync()
            seen.forEach { assertEquals(0, it.await().queued) }
        }

    @Test
    fun `a slow listener gets the newest`() =
        patiently {
            val first = CompletableDeferred<Unit>()
            val goOn = CompletableDeferred<Unit>()
            val seen = mutableListOf<Long>()
            val listener =
                launch {
                    apoa.watchCounts().takeWhile { it.queued < KEPT }.collect {
                        seen += it.queued
                        first.complete(Unit)
                        goOn.await()
                    }
                }
            first.await()
            repeat(KEPT) { apoa.finalise(draft("guest", mapOf("passport_number" to "L${100_000 + it}"))) }
            goOn.complete(Unit)
            listener.join()
            assertTrue(seen.size < KEPT, "each change waited for the listener: $seen")
        }

    @Test
    fun `the queue is told as it is`() =
        patiently {
            val kept = apoa.finalise(draft("guest"))
            assertEquals(listOf(kept.report), apoa.watchQueue().first().map { it.report })
            val emptied = async { apoa.watchQueue().first { it.isEmpty() } }
            apoa.sync()
            assertEquals(emptyList(), emptied.await())
        }

    @Test
    fun `a flow ends when the client is closed`() =
        patiently {
            val started = CompletableDeferred<Unit>()
            val all = async { apoa.watchCounts().onEach { started.complete(Unit) }.toList() }
            started.await()
            apoa.close()
            assertEquals(1, all.await().size)
            assertEquals(emptyList(), apoa.watchCounts().toList())
        }

    @Test
    fun `a suspended client is watched on once it is resumed`() =
        patiently {
            apoa.suspend()
            val queue = async(start = CoroutineStart.UNDISPATCHED) { apoa.watchQueue().first() }
            assertFailsWith<StoreException.Closed> { apoa.queue() }
            apoa.resume()
            assertEquals(emptyList(), queue.await())
        }

    @Test
    fun `a listener that leaves disturbs nobody`() =
        patiently {
            val leaving = launch { apoa.watchCounts().collect { } }
            val staying = async { apoa.watchCounts().first { it.queued == 1L } }
            leaving.cancelAndJoin()
            apoa.finalise(draft("guest"))
            assertEquals(1, staying.await().queued)
        }

    private fun patiently(test: suspend kotlinx.coroutines.CoroutineScope.() -> Unit) =
        runBlocking { withTimeout(PATIENCE_S.seconds, test) }

    private companion object {
        const val KEPT = 8
    }
}
