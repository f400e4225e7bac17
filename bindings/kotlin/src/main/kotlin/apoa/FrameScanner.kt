package apoa

import apoa.ffi.ScanException
import apoa.ffi.Scanned
import apoa.ffi.Scanner
import java.nio.ByteBuffer
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/**
 * Reads permits and passports from camera frames.
 *
 * One scanner serves one camera session and one thread at a time. Every kind of [ByteBuffer] will do: what is read
 * lies between its position and its limit, and neither changes. A direct buffer is not copied. Any other is copied
 * once, into a buffer that is used again for the next frame.
 *
 * A call after [close] fails with [IllegalStateException].
 *
 * @sample apoa.GuideTest.frames
 */
public class FrameScanner internal constructor(
    private val scanner: Scanner,
) : AutoCloseable {
    private var staging = ByteBuffer.allocateDirect(0)
    private var row = ByteArray(0)
    private var pixels = ByteArray(0)

    /** The layout that the bridge was told, and the answer that it gave last: neither crosses again while it stays. */
    private var said: FrameLayout? = null
    private var seen: Scanned? = null

    /**
     * A scanner that knows the built-in patterns; [Apoa.scanner] makes one with the deployment's. The first one of a
     * process loads the library, which may take a fifth of a second: not on the main thread.
     */
    public constructor() : this(Scanner())

    /** How many frames had to be copied so far: a camera that hands out direct, dense rows leaves it at 0. */
    public var copied: Long = 0
        private set

    /**
     * Looks at one frame, for about as long as [budget]. Blocks; call from the camera's thread.
     *
     * [luma] holds one byte a pixel in rows of `rowStride` bytes; the last row may end at its last pixel. [atMs] is the
     * frame's time in milliseconds, by any clock that only moves forward. [pixelStride] is the distance from one pixel
     * to the next in bytes, as `Image.Plane` gives it. A [layout] that equals the last frame's costs nothing.
     *
     * @throws ScanException.BadFrame if [layout] does not fit the bytes
     */
    @Throws(ScanException::class)
    public fun scan(
        luma: ByteBuffer,
        layout: FrameLayout,
        atMs: Long,
        pixelStride: Int = 1,
        budget: Duration = FRAME_BUDGET,
    ): Scanned {
        val plane = if (pixelStride == 1) direct(luma) else dense(luma, layout, pixelStride)
        say(if (pixelStride == 1) layout else layout.copy(rowStride = layout.width))
        val known = seen
        if (!scanner.scan(plane, atMs, millis(budget)) && known != null) return known
        return scanner.seen().also { seen = it }
    }

    /**
     * Reads the codes and the zone of one picture file, PNG or JPEG; a [region] narrows the search. Blocks; call from a
     * background thread.
     *
     * @throws ScanException.BadPicture if it is no picture, or too large
     */
    @Throws(ScanException::class)
    public fun scanStill(
        picture: ByteBuffer,
        region: Region? = null,
        budget: Duration = PICTURE_BUDGET,
    ): Picture = scanner.scanStill(direct(picture), millis(budget), region)

    /**
     * The same for a picture that is there as luma already. Blocks; call from a background thread.
     *
     * @throws ScanException.BadFrame if [layout] does not fit the bytes
     */
    @Throws(ScanException::class)
    public fun scanStill(
        luma: ByteBuffer,
        layout: FrameLayout,
        budget: Duration = PICTURE_BUDGET,
    ): Picture = scanner.scanLuma(direct(luma), layout, millis(budget))

    /** The zone in the last frame, whether it counts or not: for drawing. */
    public fun zone(): Zone? = scanner.zone()

    /** Why nothing was read in the last second, as JSON: numbers alone, no payload and no pixels. */
    public fun report(): String = scanner.report()

    /** Frees the native scanner. Closing twice is fine. */
    override fun close(): Unit = scanner.close()

    private fun say(layout: FrameLayout) {
        if (layout == said) return
        scanner.setLayout(layout)
        said = layout
    }

    /** What the bridge takes is a direct buffer, and it reads from the buffer's first byte, whatever its position. */
    private fun direct(bytes: ByteBuffer): ByteBuffer {
        if (bytes.isDirect) return bytes.slice()
        stage(bytes.remaining()).put(bytes.duplicate()).flip()
        copied++
        return staging.slice()
    }

    /** The same pixels without the bytes between them. */
    private fun dense(
        luma: ByteBuffer,
        layout: FrameLayout,
        pixelStride: Int,
    ): ByteBuffer {
        val (width, height, rowStride) = layout
        prove(luma.remaining(), width, height, rowStride, pixelStride)
        val from = luma.slice()
        val spread = (width - 1) * pixelStride + 1
        if (row.size < spread) row = ByteArray(spread)
        if (pixels.size < width) pixels = ByteArray(width)
        stage(width * height)
        // Whole rows in and out: a call a byte took five times as long (docs/border.md).
        for (y in 0 until height) {
            from.position(y * rowStride)
            from.get(row, 0, spread)
            pick(row, pixelStride, pixels, width)
            staging.put(pixels, 0, width)
        }
        staging.flip()
        copied++
        return staging.slice()
    }

    private fun stage(bytes: Int): ByteBuffer {
        if (staging.capacity() < bytes) staging = ByteBuffer.allocateDirect(bytes)
        staging.clear()
        return staging
    }

    private companion object {
        /** A frame's share of the time at 30 frames a second. */
        val FRAME_BUDGET = 33.milliseconds

        /** What a person waits for after choosing a picture. */
        val PICTURE_BUDGET = 2.seconds

        fun pick(
            row: ByteArray,
            pixelStride: Int,
            pixels: ByteArray,
            width: Int,
        ) {
            // A constant lets the compiler prove every index at once.
            if (pixelStride == 2) {
                for (x in 0 until width) pixels[x] = row[2 * x]
            } else {
                for (x in 0 until width) pixels[x] = row[x * pixelStride]
            }
        }

        fun millis(budget: Duration): Int = budget.inWholeMilliseconds.coerceIn(0, Int.MAX_VALUE.toLong()).toInt()

        /** The bridge proves what it gets; what is copied before has to be proved here. */
        fun prove(
            bytes: Int,
            width: Int,
            height: Int,
            rowStride: Int,
            pixelStride: Int,
        ) {
            val reason =
                when {
                    width <= 0 || height <= 0 -> "empty"
                    pixelStride <= 0 -> "a pixel stride below 1"
                    rowStride < (width - 1L) * pixelStride + 1 -> "rows overlap"
                    (height - 1L) * rowStride + (width - 1L) * pixelStride + 1 > bytes -> "fewer bytes than pixels"
                    else -> return
                }
            throw ScanException.BadFrame(reason)
        }
    }
}
