package apoa

import apoa.ffi.Observer
import apoa.ffi.StoreException
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.onSubscription
import kotlinx.coroutines.flow.transformWhile

/**
 * What the core tells after each commit, for any number of listeners. The core never waits for one: who is slow gets
 * the newest.
 */
internal class Changes : Observer {
    private val told = MutableSharedFlow<Counts?>(replay = 0, extraBufferCapacity = 1, BufferOverflow.DROP_OLDEST)

    @Volatile
    private var closed = false

    override fun changed(counts: Counts) {
        told.tryEmit(counts)
    }

    /** Has all that is watched read anew. */
    fun again() {
        told.tryEmit(null)
    }

    fun close() {
        closed = true
        again()
    }

    /**
     * What [read] finds now and after each change, given the counts that were told with it, if any. Nothing while the
     * client is suspended; the end when it is closed.
     */
    fun <T : Any> watch(read: suspend (Counts?) -> T): Flow<T> =
        told
            // Read first once subscribed, so that no change falls between the two.
            .onSubscription { emit(null) }
            .transformWhile { counts ->
                found(counts, read)?.let { emit(it) }
                !closed
            }

    private suspend fun <T : Any> found(
        counts: Counts?,
        read: suspend (Counts?) -> T,
    ): T? =
        try {
            if (closed) null else read(counts)
        } catch (_: StoreException.Closed) {
            null
        } catch (failure: IllegalStateException) {
            // What a call says that came just after the end.
            if (closed) null else throw failure
        }
}
