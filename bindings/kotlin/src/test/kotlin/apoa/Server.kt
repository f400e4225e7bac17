package apoa

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.File
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread

/** Long for a machine under load; no test waits so long when all is well. */
const val PATIENCE_S = 60L

private val program: String = System.getProperty("apoa.program")

/** `apoa` with these arguments, and nothing of the shell's settings. */
private fun apoa(
    folder: File,
    arguments: List<String>,
): ProcessBuilder {
    val command = listOf(program, "--data", folder.resolve("data").path, "--json", "--lang", "en") + arguments
    return ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).apply {
        environment().keys.removeAll { it.startsWith("APOA_") }
    }
}

/** The reference server as a process, over TLS on loopback, with its database in [folder]. */
class Server(
    private val folder: File,
    faults: List<String> = emptyList(),
) : AutoCloseable {
    private val database = folder.resolve("office.db").path
    private val process: Process
    private val lines = LinkedBlockingQueue<JsonObject>()

    /** Origin, such as `https://127.0.0.1:40123`. */
    val url: String

    /** Text of its trust file. */
    val trust: String
    val user: String
    val password: String

    init {
        folder.mkdirs()
        // The address and the password of the first process are those of all that follow on this database.
        val remembered = folder.resolve("first.json")
        val before = if (remembered.exists()) Json.parseToJsonElement(remembered.readText()).jsonObject else null
        val listen = before?.text("url")?.removePrefix("https://") ?: "127.0.0.1:0"
        val arguments = listOf("serve", "--listen", listen, "--db", database) + faults.flatMap { listOf("--fail", it) }
        process = apoa(folder, arguments).start()
        thread(isDaemon = true, name = "server") {
            process.inputStream.bufferedReader().forEachLine { lines += Json.parseToJsonElement(it).jsonObject }
        }
        val first = before ?: next().also { remembered.writeText(it.toString()) }
        url = first.text("url")
        trust = File(first.text("trust")).readText()
        user = first.text("user")
        password = first.text("password")
        if (before != null) check(next().text("url") == url) { "the server came back elsewhere" }
    }

    val port: Int get() = url.substringAfterLast(':').toInt()

    /** Waits until the server tells of this event. */
    fun await(event: String): JsonObject =
        generateSequence { next() }.first {
            it["event"]?.jsonPrimitive?.content ==
                event
        }

    /** `apoa office`: what the officer decides. */
    fun office(vararg arguments: String) {
        val office = apoa(folder, listOf("office") + arguments + listOf("--db", database)).start()
        val said = office.inputStream.bufferedReader().readText()
        check(office.waitFor() == 0) { "apoa office ${arguments.toList()}: $said" }
    }

    /** Kills the process. */
    override fun close() {
        process.destroyForcibly().waitFor()
    }

    private fun next(): JsonObject =
        checkNotNull(lines.poll(PATIENCE_S, TimeUnit.SECONDS)) { "the server says nothing; alive: ${process.isAlive}" }
}

fun JsonObject.text(key: String): String = checkNotNull(optionalText(key)) { "no `$key` in $this" }

fun JsonObject.optionalText(key: String): String? = this[key]?.jsonPrimitive?.content

fun JsonObject.number(key: String): Long? = this[key]?.jsonPrimitive?.content?.toLong()

fun JsonObject.texts(key: String): Map<String, String> =
    (this[key] as JsonObject?).orEmpty().mapValues { (_, value: JsonElement) -> value.jsonPrimitive.content }
