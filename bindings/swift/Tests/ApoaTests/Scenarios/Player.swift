import Apoa
import Foundation
import Testing

/// Plays one scenario: its phones, its server and the reports it named.
final class Player {
    let server: Server?
    let folder: TemporaryFolder
    let drafts: [String: [String: Value]]
    private var phones: [String: Apoa] = [:]
    private let lists: [String: [[String]]]
    private var reports: [String: ReportId] = [:]

    init(_ scenario: Scenario) throws {
        folder = try TemporaryFolder()
        drafts = try Scenario.drafts()
        lists = scenario.lists
        let place = folder.url.appendingPathComponent("server")
        server = try scenario.faults.map { try Server(in: place, faults: $0) }
    }

    /// Plays a step and compares what it brings with what it should.
    func play(_ step: Step) async throws {
        let fails = try step.optionalText("fails")
        do {
            try await perform(step)
        } catch let error where error is Missing || error is ExpectationFailedError {
            throw error
        } catch {
            // Whatever else the step expects is of no use to a call that failed.
            #expect(Words.name(of: error) == fails, "\(step): \(error)")
            return
        }
        #expect(fails == nil, "nothing failed: \(step)")
        try step.end()
    }

    /// Lets go of every data folder before the scenario's own goes.
    func end() async {
        for phone in phones.values { await phone.close() }
    }

    private func perform(_ step: Step) async throws {
        switch try step.text("do") {
        case "open": try await open(step)
        case "open_with_vault": try await openWithVault(step)
        case "close": try await phone(step).close()
        case "suspend": try await phone(step).suspend()
        case "resume": try await phone(step).resume()
        case "sign_in": try await signIn(step)
        case "check": try await check(step)
        case "finalise": try await finalise(step)
        case "next_guest": try await finaliseNext(step)
        case "preview_list": try await previewList(step)
        case "compare_list": try await compareList(step)
        case "file_list": try await fileList(step)
        case "finalise_and_die": try await finaliseAndDie(step)
        case "edit": try await edit(step)
        case "follow_up": try await followUp(step)
        case "withdraw":
            try await phone(step).withdraw(report(step), reason: step.text("reason"))
        case "sync": try await sync(step)
        case "see": try await see(step)
        case "counts": try await counts(step)
        case "find": try await find(step)
        case "verify": try await verify(step)
        case "rotate_keys": try await phone(step).rotateKeys()
        case "office": try office(step)
        case "server_stops": try running().kill()
        case "server_starts": try running().start()
        case "scan": try scan(step)
        case "callers": try await callers(step)
        case "scanners": try scanners(step)
        case "frames": try frames(step)
        case let unknown: throw Missing("a meaning for the step \(unknown)")
        }
    }

    // MARK: What steps name

    func phone(_ step: Step) throws -> Apoa {
        let name = try step.text("phone")
        return try #require(phones[name], "no phone \(name) is open")
    }

    func report(_ step: Step) throws -> ReportId {
        try report(named: step.text("report"))
    }

    func report(named name: String) throws -> ReportId {
        try #require(reports[name], "no report \(name)")
    }

    /// The list that a step names, as text.
    func list(_ step: Step) throws -> Data {
        let name = try step.text("list")
        let rows = try #require(lists[name], "no list \(name)")
        return Data(rows.map { $0.joined(separator: ";") }.joined(separator: "\n").utf8)
    }

    func name(_ report: ReportId, as step: Step) throws {
        if let name = try step.optionalText("as") { reports[name] = report }
    }

    func running() throws -> Server {
        try #require(server, "the scenario has no server")
    }

    func place(_ phone: String) -> URL {
        folder.url.appendingPathComponent(phone)
    }

    func draft(_ step: Step) throws -> Draft {
        let name = try step.text("draft")
        let wanted = Step(try #require(drafts[name], "no draft \(name)"))
        let kind = try #require(Words.reportKinds[try wanted.text("kind")])
        let facts = try wanted.texts("facts").merging(step.texts("facts")) { _, new in new }
        return Draft(kind: kind, facts: facts)
    }

    // MARK: Phones

    private func open(_ step: Step) async throws {
        let name = try step.text("phone")
        phones[name] = try await Apoa.open(place(name), server: server?.url, trust: server?.trust)
    }

    private func openWithVault(_ step: Step) async throws {
        let (name, kind) = (try step.text("phone"), try step.text("vault"))
        let vaults: [String: TestVault] = [
            "throws": TestVault { throw Unexpected() },
            "locked": TestVault { throw VaultError.Locked },
            "slow": TestVault { Thread.sleep(forTimeInterval: 0.05) },
        ]
        let vault = try #require(vaults[kind], "no vault \(kind)")
        phones[name] = try await Apoa.open(
            place(name), server: server?.url, trust: server?.trust, vault: vault)
    }

    private func signIn(_ step: Step) async throws {
        let server = try running()
        let secret = try step.optionalText("secret") ?? server.password
        try await phone(step).signIn(.password(user: server.user, password: secret))
    }
}
