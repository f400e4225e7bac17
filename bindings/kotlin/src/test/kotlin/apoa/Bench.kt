package apoa

import apoa.ffi.Scanned
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import java.io.File
import java.nio.ByteBuffer
import kotlin.io.path.createTempDirectory
import kotlin.system.measureNanoTime
import kotlin.time.Duration.Companion.seconds

/**
 * What calls cost through the wrapper, by the names of `border.rs` in Rust; `.ci/run long bench` prints them side by
 * side. `Bench URL TRUST USER PASSWORD`; a line a case: its name, a tab, the median of a call in microseconds; of
 * `longest_` cases the longest call.
 */
object Bench {
    /** Nanoseconds in which a case is called before it is measured: so long does the compiler take. */
    private const val WARM_UP = 1_000_000_000L
    private const val CALLS = 1_000
    private const val WIDTH = 1920
    private const val HEIGHT = 1080

    /** A screenful of a list. */
    private const val PAGE = 50
    private val HANGS = 3.seconds

    @JvmStatic
    fun main(arguments: Array<String>) {
        val (url, trust, user, password) = arguments
        scans()
        val folder = createTempDirectory("apoa-bench").toFile()
        try {
            runBlocking {
                Apoa.open(folder, url, File(trust).readText()).use { apoa ->
                    apoa.signIn(user, password)
                    lists(apoa)
                }
            }
        } finally {
            folder.deleteRecursively()
        }
    }

    /** Of a whole frame a corner alone is looked at: what is left is the way there and back. */
    private fun scans() {
        val corner = Region(x = 0, y = 0, width = 16, height = 16)
        val small = ByteBuffer.allocateDirect(corner.width * corner.height)
        val large = ByteBuffer.allocateDirect(WIDTH * HEIGHT)
        val heap = ByteBuffer.wrap(ByteArray(WIDTH * HEIGHT))
        val apart = ByteBuffer.allocateDirect(2 * WIDTH * HEIGHT)
        val layout = FrameLayout(WIDTH, HEIGHT, WIDTH, Rotation.UPRIGHT, corner)
        FrameScanner().use { scanner ->
            val smaller = layout.copy(width = 16, height = 16, rowStride = 16)
            case("scan_corner_of_16x16") { scanner.scan(small, smaller, 0) }
            case("scan_corner_of_1080p") { scanner.scan(large, layout, 0) }
            // A pause of the camera brings the first hint again, and a second of darkness another one.
            var frame = 0L
            case("scan_corner_of_1080p_with_news") {
                scanner.scan(large, layout, frame / 2 * 10_000 + frame % 2 * 1_000)
                frame++
            }
            case("scan_corner_of_1080p_on_the_heap") { scanner.scan(heap, layout, 0) }
            case("scan_corner_of_1080p_two_bytes_apart") {
                scanner.scan(apart, layout.copy(rowStride = 2 * WIDTH), 0, pixelStride = 2)
            }
        }
        val frame = Frame("permit")
        val shot = frame.shots().getValue("direct")
        case("scan_permit") {
            val seen = FrameScanner().use { it.scan(shot.luma, frame.layout(), 0) }
            check(seen !is Scanned.Nothing)
        }
    }

    private suspend fun lists(apoa: Apoa) {
        val page = Page(limit = PAGE)
        repeat(PAGE) { apoa.finalise(draft("guest", mapOf("passport_number" to "L${100_000 + it}"))) }
        case("counts") { apoa.counts() }
        case("page_of_50_rows") { check(apoa.reports(page).size == PAGE) }
        runBlocking {
            val syncing = async { apoa.sync(HANGS) }
            var longest = 0.0
            while (!syncing.isCompleted) longest = maxOf(longest, micros { check(apoa.reports(page).size == PAGE) })
            println("longest_page_while_a_sync_hangs\t%.2f".format(longest))
        }
    }

    private inline fun micros(call: () -> Unit): Double = measureNanoTime(call) / 1_000.0

    private inline fun case(
        name: String,
        call: () -> Unit,
    ) {
        val begun = System.nanoTime()
        while (System.nanoTime() - begun < WARM_UP) call()
        val times = DoubleArray(CALLS) { micros(call) }.sorted()
        println("$name\t%.2f".format(times[CALLS / 2]))
    }
}
