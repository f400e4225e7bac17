package apoa

import apoa.ffi.ApoaClient
import apoa.ffi.Credentials
import kotlinx.coroutines.runBlocking
import java.io.File
import java.nio.ByteBuffer
import kotlin.io.path.createTempDirectory
import kotlin.system.measureNanoTime

/**
 * What the border costs: a JSON line for each case, with the median of one call in microseconds and how many times the
 * first case of its group that is. `mvn test-compile exec:exec@bench` runs it; it is no test.
 */
object Bench {
    private const val WIDTH = 1920
    private const val HEIGHT = 1080
    private const val PAGE = 50

    @JvmStatic
    fun main(arguments: Array<String>) {
        crossing()
        scan()
        page()
    }

    /** A frame of which the core looks at a corner alone: what is left is the way there and back. */
    private fun crossing() {
        val corner = Region(x = 0, y = 0, width = 16, height = 16)
        val small = ByteBuffer.allocateDirect(corner.width * corner.height)
        val large = ByteBuffer.allocateDirect(WIDTH * HEIGHT)
        val heap = ByteBuffer.wrap(ByteArray(WIDTH * HEIGHT))
        val apart = ByteBuffer.allocateDirect(2 * WIDTH * HEIGHT)
        val layout = FrameLayout(WIDTH, HEIGHT, WIDTH, Rotation.UPRIGHT, corner, atMs = 0)
        FrameScanner().use { scanner ->
            group("crossing") {
                case("16x16, direct") { scanner.scan(small, layout.copy(width = 16, height = 16, rowStride = 16)) }
                case("1920x1080, direct") { scanner.scan(large, layout) }
                case("1920x1080, heap") { scanner.scan(heap, layout) }
                case("1920x1080, pixels two bytes apart") {
                    scanner.scan(apart, layout.copy(rowStride = 2 * WIDTH), pixelStride = 2)
                }
            }
        }
    }

    /** The permit of the fixtures, first seen: the decoding that people wait for. */
    private fun scan() {
        val frame = Frame("permit")
        val shots = frame.shots()
        group("scan 480x360") {
            for (name in listOf("direct", "heap", "pixels two bytes apart")) {
                val shot = shots.getValue(name)
                case(name) { FrameScanner().use { it.scan(shot.luma, frame.layout(shot.rowStride), shot.pixelStride) } }
            }
        }
    }

    /** A screenful of a list, from the bridge itself and through the wrapper's threads. */
    private fun page() {
        val folder = createTempDirectory("apoa-bench").toFile()
        try {
            Server(folder.resolve("office")).use { server -> page(folder.resolve("phone"), server) }
        } finally {
            folder.deleteRecursively()
        }
    }

    private fun page(
        folder: File,
        server: Server,
    ) {
        val page = Page(limit = PAGE)
        val config = Config(folder.path, server.url, server.trust, clientId = "bench", platform = "jvm")
        ApoaClient.openWithFileVault(config, null).use { client ->
            client.signIn(Credentials.Password(server.user, server.password))
            repeat(PAGE) { client.finalise(draft("guest", mapOf("passport_number" to "L${100_000 + it}"))) }
            group("page of $PAGE rows") {
                case("bridge: counts") { client.counts() }
                case("bridge: rows") { check(client.reports(page).size == PAGE) }
            }
        }
        runBlocking {
            Apoa.open(folder).use { apoa ->
                group("page of $PAGE rows") {
                    case("wrapper: counts") { runBlocking { apoa.counts() } }
                    case("wrapper: rows") { runBlocking { check(apoa.reports(page).size == PAGE) } }
                }
            }
        }
    }

    private fun group(
        name: String,
        cases: Group.() -> Unit,
    ) = Group(name).cases()

    private class Group(
        private val name: String,
    ) {
        private var first: Double? = null

        fun case(
            name: String,
            call: () -> Unit,
        ) {
            repeat(WARM_UP) { call() }
            val micros = List(CALLS) { measureNanoTime(call) / 1_000.0 }.sorted()[CALLS / 2]
            val ratio = micros / (first ?: micros.also { first = it })
            println("""{"group":"${this.name}","case":"$name","us":%.1f,"ratio":%.2f}""".format(micros, ratio))
        }

        private companion object {
            const val WARM_UP = 200
            const val CALLS = 500
        }
    }
}
