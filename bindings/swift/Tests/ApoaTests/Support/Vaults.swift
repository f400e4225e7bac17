import Apoa
import Foundation

/// Keys in memory, which a test can spoil.
final class TestVault: KeyVault {
    /// What happens before a call is answered.
    private let before: @Sendable () throws -> Void
    private let names = NSLock()
    private nonisolated(unsafe) var known: Set<String> = []

    init(before: @escaping @Sendable () throws -> Void = {}) {
        self.before = before
    }

    func create(alias: String) throws {
        try before()
        _ = names.withLock { known.insert(alias) }
    }

    /// Turns the bytes over: enough for a vault that never leaves a test's process.
    func wrap(alias: String, plain: Data) throws -> Data {
        try before()
        return Data(plain.map { ~$0 })
    }

    func unwrap(alias: String, wrapped: Data) throws -> Data {
        try before()
        guard names.withLock({ known.contains(alias) }) else { throw VaultError.Lost }
        return Data(wrapped.map { ~$0 })
    }

    func delete(alias: String) throws {
        try before()
        _ = names.withLock { known.remove(alias) }
    }
}

/// No error that the bridge knows.
struct Unexpected: Error {}
