package apoa

import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.io.TempDir
import java.io.File

/** The scenarios that every language plays; see `tests/scenarios/README.md`. */
class ScenariosTest {
    @TempDir
    lateinit var folder: File

    @TestFactory
    fun scenarios(): List<DynamicTest> {
        val files = repository.resolve("tests/scenarios").listFiles { file -> file.extension == "json" }.orEmpty()
        return files.filter { it.name != "drafts.json" }.sorted().map { file ->
            val scenario = Json.parseToJsonElement(file.readText()).jsonObject
            DynamicTest.dynamicTest(scenario.text("title")) {
                runBlocking { Scenario(folder.resolve(file.nameWithoutExtension), scenario).use { it.play() } }
            }
        }
    }
}
