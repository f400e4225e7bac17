import Foundation
import Testing

@testable import Apoa

@Suite("Runs")
struct RunTests {
    /// The server commits and answers nothing: a socket that is dead for as long as the phone waits.
    private static let silent = "hang_after_commit@/ops"

    @Test("that hang keep nobody from reading and saving, and end when cancelled")
    func hanging() async throws {
        let desk = try await Desk(faults: [Self.silent])
        let apoa = desk.apoa
        try await apoa.finalise(.guest)
        let ended = Locked(false)
        let run = Task {
            defer { ended.with { $0 = true } }
            return try await apoa.sync()
        }
        try desk.server.wait(for: "fault")

        #expect(try await apoa.reports(Page(limit: 50)).count == 1)
        #expect(try await apoa.counts().queued == 1)
        var other = Draft.guest.facts
        other["passport_number"] = "L898902C4"
        try await apoa.finalise(Draft(kind: .lodgingCheckIn, facts: other))
        #expect(try await apoa.tryOut().count == 2)
        #expect(ended.with { !$0 }, "the run ended before it was cancelled")

        run.cancel()
        let summary = try await run.value
        #expect(summary.stoppedBy == .cancelled)
        #expect(try await apoa.sync().received == 2)
    }

    @Test("that hang end when the client is closed, and what they held is still there")
    func closed() async throws {
        let desk = try await Desk(faults: [Self.silent])
        let apoa = desk.apoa
        try await apoa.finalise(.guest)
        let run = Task { try await apoa.sync() }
        try desk.server.wait(for: "fault")
        await apoa.close()
        let again = try await desk.open()
        #expect(try await again.counts().queued == 1)
        _ = await run.result
        #expect(try await again.sync().received == 1)
    }

    @Test("that file a list and are cancelled leave the rest to the next call")
    func listCancelled() async throws {
        let desk = try await Desk()
        let apoa = desk.apoa
        let guest = Draft.guest.facts
        let fields = guest.keys.filter { $0 != "source" }
        let cells = fields.map { guest[$0] ?? "" }
        let list = Data("\(fields.joined(separator: ";"))\n\(cells.joined(separator: ";"))".utf8)
        let titles = Dictionary(uniqueKeysWithValues: fields.map { ($0, $0) })
        let request = RosterRequest(kind: .lodgingCheckIn, titles: titles)
        let filing = Task {
            // Nothing wakes this but its own cancellation.
            while !Task.isCancelled { await Task.yield() }
            return try await apoa.file(roster: list, request)
        }
        filing.cancel()
        #expect(try await filing.value == RosterFiled(reports: [], existing: 0, stopped: true))
        #expect(try await apoa.file(roster: list, request).reports.count == 1)
        #expect(try await apoa.counts().queued == 1)
    }

    @Test("whose task is cancelled before they begin end at once")
    func cancelledBefore() async throws {
        let desk = try await Desk()
        let apoa = desk.apoa
        try await apoa.finalise(.guest)
        let run = Task {
            // Nothing wakes this but its own cancellation.
            while !Task.isCancelled { await Task.yield() }
            return try await apoa.sync()
        }
        run.cancel()
        let summary = try await run.value
        #expect(summary.stoppedBy == .cancelled && summary.sent == 0)
        #expect(try await apoa.counts().queued == 1)
    }

    @Test("that are over do not mind a cancel, and neither does the next one")
    func cancelledAfter() async throws {
        let desk = try await Desk()
        let apoa = desk.apoa
        try await apoa.finalise(.guest)
        let run = Task { try await apoa.sync() }
        #expect(try await run.value.received == 1)
        run.cancel()
        #expect(try await apoa.sync().stoppedBy == nil)
    }

    @Test("wait for one another instead of failing")
    func serial() async throws {
        let desk = try await Desk()
        let apoa = desk.apoa
        try await apoa.finalise(.guest)
        async let first = apoa.sync()
        async let second = apoa.sync()
        #expect(try await first.received + second.received == 1)
    }
}
