package apoa

import apoa.ffi.ApoaClient
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong

/**
 * The threads on which the bridge's blocking calls wait. A list on the screen waits neither for a save nor for the
 * network, because each has threads of its own; they are borrowed from [Dispatchers.IO], and none is held while idle.
 */
internal class Lanes(
    private val client: ApoaClient,
) {
    private val reads = Dispatchers.IO.limitedParallelism(READERS, "apoa-reads")
    private val writes = Dispatchers.IO.limitedParallelism(1, "apoa-writes")
    private val questions = Dispatchers.IO.limitedParallelism(QUESTIONS, "apoa-questions")
    private val runs = Dispatchers.IO.limitedParallelism(1, "apoa-runs")
    private val oneRun = Mutex()
    private val underWay: MutableSet<Long> = ConcurrentHashMap.newKeySet()
    private val lastRun = AtomicLong()

    /** A call that only looks. */
    suspend fun <T> read(call: ApoaClient.() -> T): T = withContext(reads) { client.call() }

    /** A call that changes what is on disk; SQLite takes one at a time. */
    suspend fun <T> write(call: ApoaClient.() -> T): T = withContext(writes) { client.call() }

    /** A call that changes what is on disk and can be cancelled by this number. */
    suspend fun <T> writeAs(
        id: Long,
        call: ApoaClient.() -> T,
    ): T = cancellable(writes, id, call)

    /** A call that asks the server and ends by itself. */
    suspend fun <T> ask(call: ApoaClient.() -> T): T = withContext(questions) { client.call() }

    /** A call that asks the server and can be cancelled by this number. */
    suspend fun <T> askAs(
        id: Long,
        call: ApoaClient.() -> T,
    ): T = cancellable(questions, id, call)

    /** A run over the queue: one at a time, and one that waits for its turn leaves at once when it is cancelled. */
    suspend fun <T> run(
        id: Long,
        call: ApoaClient.() -> T,
    ): T = oneRun.withLock { cancellable(runs, id, call) }

    fun newRun(): Long = lastRun.incrementAndGet()

    fun cancelAll(): Unit = underWay.forEach(::cancel)

    /**
     * When the caller's coroutine is cancelled, the core is told at once, and the coroutine ends once the call has
     * returned: nothing goes on behind its back.
     */
    private suspend fun <T> cancellable(
        lane: CoroutineDispatcher,
        id: Long,
        call: ApoaClient.() -> T,
    ): T =
        coroutineScope {
            underWay += id
            // Not on the lane, whose threads may all be waiting for what is to be cancelled.
            val watch =
                launch(Dispatchers.Unconfined, CoroutineStart.UNDISPATCHED) {
                    try {
                        awaitCancellation()
                    } finally {
                        if (id in underWay) cancel(id)
                    }
                }
            try {
                withContext(lane) { client.call() }
            } finally {
                underWay -= id
                watch.cancel()
            }
        }

    private fun cancel(id: Long) {
        try {
            client.cancel(id)
        } catch (_: IllegalStateException) {
            // Closed meanwhile, which cancels as well.
        }
    }

    private companion object {
        /** More would only wait for the same database. */
        const val READERS = 4

        /** What hangs leaves room for what a person asks next. */
        const val QUESTIONS = 4
    }
}
