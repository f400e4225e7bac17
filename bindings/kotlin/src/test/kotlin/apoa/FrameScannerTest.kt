package apoa

import apoa.ffi.Hint
import apoa.ffi.ScanException
import apoa.ffi.Scanned
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import java.nio.ByteBuffer
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull

class FrameScannerTest {
    private val permit = Frame("permit")

    @TestFactory
    fun `a permit is read from every kind of buffer and none changes`() =
        permit.shots().map { (name, shot) ->
            DynamicTest.dynamicTest(name) {
                val before = shot.luma.position() to shot.luma.limit()
                FrameScanner().use { scanner ->
                    val reading = assertNotNull(shot.readBy(scanner), "nothing was read")
                    assertEquals("holder_fields", reading.word)
                    assertEquals("ERIKSSON ANNA MARIA", reading.facts["full_name"])
                    assertEquals(shot.copied, scanner.copied > 0)
                }
                assertEquals(before, shot.luma.position() to shot.luma.limit())
            }
        }

    @Test
    fun `a layout that lies is refused before a byte is read`() {
        val bytes = direct(ByteArray(64 * 48))
        val layout = permit.layout().copy(width = 64, height = 48, rowStride = 64)
        FrameScanner().use { scanner ->
            for (lie in listOf(
                layout.copy(width = -1),
                layout.copy(height = 49),
                layout.copy(rowStride = 63),
                layout.copy(width = 0, height = 0, rowStride = 0),
                layout.copy(rowStride = Int.MAX_VALUE),
                layout.copy(region = Region(x = 60, y = 0, width = 5, height = 5)),
            )) {
                assertFailsWith<ScanException.BadFrame>("$lie") { scanner.scan(bytes, lie, 0) }
                assertIs<Scanned.Nothing>(scanner.scan(bytes, layout, 0), "$lie stayed in force")
            }
        }
    }

    @Test
    fun `a layout that lies about pixels apart is refused before a byte is copied`() {
        val bytes = ByteBuffer.wrap(ByteArray(64 * 48))
        val layout = permit.layout().copy(width = 32, height = 48, rowStride = 64)
        FrameScanner().use { scanner ->
            for ((lie, pixelStride) in listOf(
                layout to 0,
                layout to -2,
                layout to 3,
                layout to Int.MAX_VALUE,
                layout.copy(height = 49) to 2,
                layout.copy(width = Int.MAX_VALUE, height = Int.MAX_VALUE, rowStride = Int.MAX_VALUE) to 2,
                layout.copy(width = -1) to 2,
            )) {
                assertFailsWith<ScanException.BadFrame>("$lie, $pixelStride") {
                    scanner.scan(bytes, lie, 0, pixelStride)
                }
            }
            assertEquals(0, scanner.copied)
            assertIs<Scanned.Nothing>(scanner.scan(bytes, layout, 0, 2))
        }
    }

    @Test
    fun `frames whose layout changes are each read by their own`() {
        val shots = listOf("direct", "padded rows", "pixels two bytes apart").map(permit.shots()::getValue)
        FrameScanner().use { scanner ->
            val seen =
                List(9) { look ->
                    val shot = shots[look % shots.size]
                    scanner.scan(shot.luma, permit.layout(shot.rowStride), 33L * look, shot.pixelStride)
                }
            val confirmed = seen.indexOfFirst { it is Scanned.Confirmed }
            assertContains(0..3, confirmed)
            assertEquals(setOf<Scanned>(Scanned.Unchanged), seen.drop(confirmed + 1).toSet())
        }
    }

    @Test
    fun `an answer stays until it changes`() {
        val dark = ByteBuffer.allocateDirect(64 * 48)
        val layout = permit.layout().copy(width = 64, height = 48, rowStride = 64)
        FrameScanner().use { scanner ->
            val seen = listOf(0L, 33L, 1_000L, 1_033L).map { scanner.scan(dark, layout, it) }
            val hints = seen.map { assertIs<Scanned.Nothing>(it).hint }
            val dim = Hint.Dark(torch = true)
            assertEquals(listOf(Hint.Aim, Hint.Aim, dim, dim), hints)
        }
    }

    @Test
    fun `an empty desk brings the hint to aim`() {
        val grey = direct(ByteArray(64 * 48) { -128 })
        val desk = permit.layout().copy(width = 64, height = 48, rowStride = 64)
        val seen = FrameScanner().use { it.scan(grey, desk, 0) }
        assertEquals(Hint.Aim, assertIs<Scanned.Nothing>(seen).hint)
    }

    @Test
    fun `what is no picture is a typed error`() {
        FrameScanner().use { scanner ->
            for (bytes in listOf(ByteArray(0), "%PDF-1.7".toByteArray())) {
                assertFailsWith<ScanException.BadPicture> { scanner.scanStill(ByteBuffer.wrap(bytes)) }
                assertFailsWith<ScanException.BadPicture> { scanner.scanStill(direct(bytes)) }
            }
        }
    }

    @Test
    fun `a frame is never changed`() {
        val luma = permit.luma.copyOf()
        FrameScanner().use { it.scan(ByteBuffer.wrap(luma), permit.layout(), 0) }
        assertContentEquals(permit.luma, luma)
    }

    @Test
    fun `a closed scanner refuses and closing twice is fine`() {
        val scanner = FrameScanner()
        scanner.close()
        scanner.close()
        assertFailsWith<IllegalStateException> { scanner.scan(direct(permit.luma), permit.layout(), 0) }
        assertFailsWith<IllegalStateException> { scanner.report() }
    }
}
