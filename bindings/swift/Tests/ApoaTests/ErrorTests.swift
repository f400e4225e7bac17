import Apoa
import Foundation
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test("before the first sign-in say what is missing")
    func notSetUp() async throws {
        let folder = try TemporaryFolder()
        let apoa = try await Apoa.open(folder.url)
        #expect(try await apoa.account() == nil)
        await #expect(throws: DraftError.NoUnit) { try await apoa.finalise(.guest) }
        await #expect(throws: SyncError.NotSetUp(missing: .signIn)) {
            try await apoa.sync()
        }
        await #expect(throws: SyncError.NotSetUp(missing: .server)) {
            try await apoa.signIn(.password(user: "resepsionis", password: "secret"))
        }
    }

    @Test("of a draft name the field")
    func drafts() async throws {
        let folder = try TemporaryFolder()
        let apoa = try await Apoa.open(folder.url)
        let misspelt = Draft(kind: .lodgingCheckIn, facts: ["pasport_number": "L898902C3"])
        await #expect(throws: DraftError.UnknownField(code: "pasport_number", nearest: "passport_number")) {
            try await apoa.check(misspelt)
        }
        await #expect { try await apoa.reports(Page(limit: -1)) } throws: {
            Words.name(of: $0) == "InputError.BadInput"
        }
    }

    @Test("of a trust file that is none come with the opening")
    func trust() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: SyncError.NotSetUp(missing: .trust)) {
            try await Apoa.open(folder.url, trust: "no trust")
        }
    }

    @Test("after close are typed, for calls and streams, and the folder opens anew")
    func closed() async throws {
        let folder = try TemporaryFolder()
        let apoa = try await Apoa.open(folder.url)
        await #expect(throws: SyncError.StoreFailed(failure: .Busy)) { try await Apoa.open(folder.url) }
        await apoa.close()
        await #expect(throws: UseAfterClose.self) { try await apoa.counts() }
        await #expect(throws: UseAfterClose.self) { try await apoa.sync() }
        for await _ in apoa.changes() { Issue.record("a closed client counts") }
        await apoa.close()
        #expect(try await Apoa.open(folder.url).counts().queued == 0)
    }

    @Test("say their stable code, under which the words are kept")
    func codes() throws {
        #expect(try StoreError.DiskFull.code() == "APOA-D701")
        #expect(try DraftError.NoUnit.code() == "APOA-A601")
        #expect(try SyncError.NotSetUp(missing: .server).code() == "APOA-A606")
        #expect(try ScanError.BadFrame(reason: "too short").code() == "APOA-S109")
    }
}
