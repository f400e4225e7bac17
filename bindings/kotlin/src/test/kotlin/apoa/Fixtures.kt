package apoa

import apoa.ffi.Payload
import apoa.ffi.Scanned
import java.io.File
import java.nio.ByteBuffer

/** The root of the repository, whose fixtures and scenarios every language shares. */
val repository: File = File(System.getProperty("apoa.repository")).canonicalFile

/** A grey picture of `tests/fixtures/frames`. */
class Frame(
    name: String,
) {
    val width: Int
    val height: Int
    val luma: ByteArray

    init {
        val file = repository.resolve("tests/fixtures/frames/$name.pgm").readBytes()
        val header = Regex("""P5\s+(\d+)\s+(\d+)\s+255\s""").matchAt(String(file, 0, 32, Charsets.ISO_8859_1), 0)
        val (columns, rows) = checkNotNull(header) { "not a PGM: $name" }.destructured
        width = columns.toInt()
        height = rows.toInt()
        luma = file.copyOfRange(header.value.length, file.size)
        check(luma.size == width * height) { "not whole: $name" }
    }

    fun layout(rowStride: Int = width): FrameLayout =
        FrameLayout(width, height, rowStride, Rotation.UPRIGHT, region = null)

    /** The same picture in every kind of buffer that a camera or a caller may have. */
    fun shots(): Map<String, Shot> =
        mapOf(
            "direct" to Shot(direct(luma)),
            "direct, read only" to Shot(direct(luma).asReadOnlyBuffer()),
            "direct, offset" to Shot(direct(ByteArray(OFFSET) + luma).also { it.position(OFFSET) }),
            "heap" to Shot(ByteBuffer.wrap(luma), copied = true),
            "heap, read only" to Shot(ByteBuffer.wrap(luma).asReadOnlyBuffer(), copied = true),
            "heap, offset" to Shot(ByteBuffer.wrap(ByteArray(OFFSET) + luma, OFFSET, luma.size), copied = true),
            "padded rows" to Shot(direct(spread(width + PADDING, 1)), rowStride = width + PADDING),
            "a short last row" to
                Shot(direct(spread(width + PADDING, 1).dropLast(PADDING).toByteArray()), rowStride = width + PADDING),
            "pixels two bytes apart" to
                Shot(direct(spread(2 * width, 2)), rowStride = 2 * width, pixelStride = 2, copied = true),
            "heap, pixels two bytes apart, a short last row" to
                Shot(
                    ByteBuffer.wrap(spread(2 * width + PADDING, 2).dropLast(PADDING + 1).toByteArray()),
                    rowStride = 2 * width + PADDING,
                    pixelStride = 2,
                    copied = true,
                ),
        )

    /** A buffer and how the frame lies in it. */
    inner class Shot(
        val luma: ByteBuffer,
        val rowStride: Int = width,
        val pixelStride: Int = 1,
        val copied: Boolean = false,
    ) {
        /** Shows the frame as often as a scanner may ask for it. */
        fun readBy(scanner: FrameScanner): Reading? {
            for (look in 0L until LOOKS) {
                val seen = scanner.scan(luma, layout(rowStride), look * FRAME_MS, pixelStride)
                if (seen is Scanned.Confirmed) return (seen.payload as Payload.Code).found.reading
            }
            return null
        }
    }

    private fun spread(
        rowStride: Int,
        pixelStride: Int,
    ): ByteArray {
        val spread = ByteArray(rowStride * height) { NOISE }
        for (y in 0 until height) for (x in 0 until width) spread[y * rowStride + x * pixelStride] = luma[y * width + x]
        return spread
    }

    private companion object {
        const val OFFSET = 4
        const val PADDING = 32
        const val NOISE: Byte = 77
        const val LOOKS = 30L
        const val FRAME_MS = 33L
    }
}

fun direct(bytes: ByteArray): ByteBuffer = ByteBuffer.allocateDirect(bytes.size).apply { put(bytes).flip() }
