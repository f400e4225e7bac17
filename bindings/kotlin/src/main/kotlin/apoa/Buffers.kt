package apoa

import java.nio.ByteBuffer

/**
 * These bytes where the bridge can borrow them: it takes direct buffers alone and reads from a buffer's first byte,
 * whatever its position.
 */
internal fun ByteArray.lent(): ByteBuffer = ByteBuffer.allocateDirect(size).put(this).apply { flip() }
