import Foundation
import Testing

@testable import Apoa

@Suite("Callbacks of the core")
struct CallbackTests {
    @Test(
        "tell by type that a vault fails",
        arguments: [
            (VaultError.Locked, .notUnlocked), (VaultError.Lost, .gone), (VaultError.Failed, .unexpected),
            (Unexpected(), .unexpected),
        ] as [(any Error, WhyUnavailable)])
    func failing(_ thrown: any Error, _ why: WhyUnavailable) async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: SyncError.StoreFailed(failure: .KeyUnavailable(why: why))) {
            try await Apoa.open(folder.url, vault: TestVault { throw thrown })
        }
        #expect(try await Apoa.open(folder.url).counts().queued == 0)
    }

    @Test("may ask the client while it waits for them, and throw, without harm")
    func reentering() async throws {
        let desk = try await Desk()
        let client = Locked<ApoaClient?>(nil)
        let (asVault, asObserver) = (Locked(0), Locked(0))
        // Asks the client inside a call of the client: a count needs no key, so nothing goes round in circles.
        @Sendable func reenter(_ asked: Locked<Int>) throws {
            guard let client = client.with({ $0 }) else { return }
            _ = try client.counts()
            asked.with { $0 += 1 }
        }
        let config = Config(
            dataDir: desk.folder.url.appendingPathComponent("other").path, server: desk.server.url.absoluteString,
            trust: desk.server.trust, clientId: "apoa-swift", platform: "linux")
        let opened = try ApoaClient.open(
            config: config, vault: TestVault { try reenter(asVault) }, observer: Watcher { try reenter(asObserver) })
        client.with { $0 = opened }
        _ = try opened.signIn(
            credentials: .password(user: desk.server.user, password: desk.server.password))
        _ = try opened.finalise(draft: .guest, compared: nil, again: nil)
        try opened.lock()
        #expect(try opened.search(text: "L898902C3", limit: 1, after: nil).count == 1)
        #expect(asVault.with { $0 } > 0 && asObserver.with { $0 } > 0)
        client.with { $0 = nil }
    }
}

/// An observer that always fails.
private final class Watcher: Observer {
    private let told: @Sendable () throws -> Void

    init(told: @escaping @Sendable () throws -> Void) {
        self.told = told
    }

    func changed(counts: Counts) throws {
        try told()
        throw Unexpected()
    }
}
