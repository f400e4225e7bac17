package apoa

import kotlinx.coroutines.runBlocking
import java.io.File

/** A phone in a process of its own, which dies the moment a report was kept. */
object DyingPhone {
    /** How the process ends if it got so far; an exception ends it with 1. */
    const val KEPT = 137

    @JvmStatic
    fun main(arguments: Array<String>) {
        val (folder, draft) = arguments
        runBlocking {
            Apoa.open(File(folder)).finalise(draft(draft))
            Runtime.getRuntime().halt(KEPT)
        }
    }
}
