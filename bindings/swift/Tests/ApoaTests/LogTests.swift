import Apoa
import Testing

@Suite("The log")
struct LogTests {
    @Test("tells what was asked for, and a later one takes its place")
    func lines() async throws {
        let info = try Apoa.log(.info)
        let folder = try TemporaryFolder()
        let apoa = try await Apoa.open(folder.url)
        await #expect(throws: SyncError.self) { try await Apoa.open(folder.url) }
        let warnings = try Apoa.log()
        // The stream ends here, because the core let go of it.
        let told = await info.reduce(into: []) { $0.append($1) }
        #expect(told.contains { $0.level == .info && $0.text == "store refused code=APOA-D706" })
        #expect(told.allSatisfy { $0.target.hasPrefix("apoa_") })
        await apoa.close()
        _ = warnings
    }
}
