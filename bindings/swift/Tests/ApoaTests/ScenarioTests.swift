import Foundation
import Testing

@Suite("The shared scenarios", .serialized)
struct ScenarioTests {
    @Test("are played as written", arguments: try Scenario.all())
    func play(_ scenario: Scenario) async throws {
        let player = try Player(scenario)
        for step in scenario.steps {
            try await player.play(Step(step))
        }
        await player.end()
    }

    @Test("are all found")
    func found() throws {
        #expect(try Scenario.all().count >= 10)
    }

    @Test(
        "fail where nobody knows a step or an expectation",
        arguments: [#"{ "do": "dance" }"#, #"{ "do": "scanners", "count": 1, "colour": "red" }"#])
    func unknown(_ step: String) async throws {
        let file = Data(#"{ "title": "", "server": false, "steps": [\#(step)] }"#.utf8)
        let scenario = try JSONDecoder().decode(Scenario.self, from: file)
        let player = try Player(scenario)
        await #expect(throws: Missing.self) { try await player.play(Step(scenario.steps[0])) }
    }
}
