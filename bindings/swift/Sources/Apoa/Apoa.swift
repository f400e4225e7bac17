@_exported import ApoaGenerated
import Foundation

/// Keeps reports on this device and sends them when there is a network; one for each process and data folder.
///
/// Every call of the core blocks, so each runs on one of a few lanes of threads, and the actor itself never waits: a
/// list is read, and a report kept, while a run waits for a dead network.
///
/// ```swift
/// let apoa = try await Apoa.open(folder, server: server, trust: trust)
/// let kept = try await apoa.finalise(draft)  // on disk from here on
/// let summary = try await apoa.sync()
/// ```
///
/// Errors are the core's own: `StoreError`, `DraftError`, `SyncError`, `InputError`, `RosterError`, and
/// ``UseAfterClose``.
public actor Apoa {
    private var client: ApoaClient?
    private let observer: Changes
    /// One run at a time: a second one waits instead of failing.
    private let runs = Lane("runs", width: 1, quality: .utility)
    /// Questions to the server that a person waits for, beside a run: one that hangs leaves room for another.
    private let questions = Lane("questions", width: 2, quality: .userInitiated)
    /// One write at a time, as in the database.
    private let writes = Lane("writes", width: 1, quality: .userInitiated)
    /// More readers would only wait for the same database, and each costs a thread.
    private let reads = Lane("reads", width: 4, quality: .userInitiated)
    private var lastRun: Int64 = 0

    private init(client: ApoaClient, observer: Changes) {
        self.client = client
        self.observer = observer
    }

    deinit {
        observer.finish()
    }

    // MARK: From open to close

    /// Opens the data folder, or makes it, with keys of the platform's own store.
    ///
    /// - Parameters:
    ///   - folder: Private to the app and outside backups.
    ///   - server: Origin of the server; without it, what the last sign-in remembered.
    ///   - trust: Text of the trust file; without it, what the last sign-in remembered.
    ///   - vault: Keeps the keys that open the data.
    public static func open(
        _ folder: URL, server: URL? = nil, trust: String? = nil, vault: any KeyVault
    ) async throws -> Apoa {
        let config = config(folder, server: server, trust: trust)
        return try await open { try ApoaClient.open(config: config, vault: vault, observer: $0) }
    }

    #if !canImport(Security)
        /// Opens the data folder, or makes it, with keys in files: for platforms that have no key store.
        ///
        /// - Parameters:
        ///   - folder: Private to the user and outside backups; the keys lie in it too.
        ///   - server: Origin of the server; without it, what the last sign-in remembered.
        ///   - trust: Text of the trust file; without it, what the last sign-in remembered.
        public static func open(
            _ folder: URL, server: URL? = nil, trust: String? = nil
        ) async throws -> Apoa {
            let config = config(folder, server: server, trust: trust)
            return try await open { try ApoaClient.openWithFileVault(config: config, observer: $0) }
        }
    #endif

    private static func open(
        _ make: @escaping @Sendable (any Observer) throws -> ApoaClient
    ) async throws -> Apoa {
        let observer = Changes()
        let client = try await Lane("open", width: 1, quality: .userInitiated).run { try make(observer) }
        return Apoa(client: client, observer: observer)
    }

    private static func config(_ folder: URL, server: URL?, trust: String?) -> Config {
        #if os(iOS)
            let platform = "ios"
        #elseif os(macOS)
            let platform = "macos"
        #else
            let platform = "linux"
        #endif
        return Config(
            dataDir: folder.path, server: server?.absoluteString, trust: trust, clientId: "apoa-swift",
            platform: platform)
    }

    /// Closes the data folder for good: ends a run, finishes the write under way, frees every lock, ends every stream.
    /// Takes a few seconds at most. Another `open` works at once; any later call of this one throws ``UseAfterClose``,
    /// and calls under way may end with `StoreError.Closed`.
    public func close() async {
        guard let client else { return }
        self.client = nil
        observer.finish()
        // Files and locks go now; the rest goes with the last call that still holds the client.
        try? await writes.run { try client.suspend() }
    }

    /// How many reports are in which state: now, and after each change. A slow reader gets only the newest counts;
    /// the stream ends with ``close()``.
    ///
    /// ```swift
    /// for await counts in apoa.changes() {
    ///     badge = counts.queued + counts.wedged
    /// }
    /// ```
    public nonisolated func changes() -> AsyncStream<Counts> {
        observer.stream { [weak self] in try? await self?.counts() }
    }

    // MARK: Lanes

    private func opened() throws -> ApoaClient {
        guard let client else { throw UseAfterClose() }
        return client
    }

    /// A call that only looks.
    func read<Value: Sendable>(
        _ call: @escaping @Sendable (ApoaClient) throws -> Value
    ) async throws -> Value {
        let client = try opened()
        return try await reads.run { try call(client) }
    }

    /// A call that changes what is on disk. A cancelled task does not stop it.
    func write<Value: Sendable>(
        _ call: @escaping @Sendable (ApoaClient) throws -> Value
    ) async throws -> Value {
        let client = try opened()
        return try await writes.run { try call(client) }
    }

    /// A call that changes what is on disk and ends when its task is cancelled; it is given a number of its own for that.
    func writeAsRun<Value: Sendable>(
        _ call: @escaping @Sendable (ApoaClient, _ run: Int64) throws -> Value
    ) async throws -> Value {
        try await cancellable(on: writes, call)
    }

    /// A call that asks the server and ends by itself.
    func ask<Value: Sendable>(
        _ call: @escaping @Sendable (ApoaClient) throws -> Value
    ) async throws -> Value {
        let client = try opened()
        return try await questions.run { try call(client) }
    }

    /// A call that asks the server and ends when its task is cancelled; it is given a number of its own for that.
    func askAsRun<Value: Sendable>(
        _ call: @escaping @Sendable (ApoaClient, _ run: Int64) throws -> Value
    ) async throws -> Value {
        try await cancellable(on: questions, call)
    }

    /// A run over the queue, which ends when its task is cancelled.
    func run<Value: Sendable>(
        _ call: @escaping @Sendable (ApoaClient, _ run: Int64) throws -> Value
    ) async throws -> Value {
        try await cancellable(on: runs, call)
    }

    private func cancellable<Value: Sendable>(
        on lane: Lane, _ call: @escaping @Sendable (ApoaClient, _ run: Int64) throws -> Value
    ) async throws -> Value {
        let client = try opened()
        lastRun += 1
        let run = lastRun
        return try await withTaskCancellationHandler {
            try await lane.run { try call(client, run) }
        } onCancel: {
            // Only sets a flag, which the core also remembers for a run that has not begun.
            try? client.cancel(run: run)
        }
    }
}
