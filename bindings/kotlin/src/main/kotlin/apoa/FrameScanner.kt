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
     * [luma] holds one byte a pixel in rows of `rowStride` bytes; the last row may end at its last pixel.
     * [pixelStride] is the distance from one pixel to the next in bytes, as `Image.Plane` gives it.
     *
     * @throws ScanException.BadFrame if [layout] does not fit the bytes
     */
    @Throws(ScanException::class)
    public fun scan(
        luma: ByteBuffer,
        layout: FrameLayout,
        pixelStride: Int = 1,
        budget: Duration = FRAME_BUDGET,
    ): Scanned {
        if (pixelStride == 1) return scanner.scan(direct(luma), layout, millis(budget))
        return scanner.scan(dense(luma, layout, pixelStride), layout.copy(rowStride = layout.width), millis(budget))
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
        stage(width * height)
        for (row in 0 until height) {
            var at = row * rowStride
            repeat(width) {
                staging.put(from.get(at))
                at += pixelStride
            }
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
