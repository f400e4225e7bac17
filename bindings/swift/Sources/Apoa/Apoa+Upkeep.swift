extension Apoa {
    /// Wipes the keys from memory. The next call that needs one asks the vault again.
    public func lock() async throws {
        try await write { try $0.lock() }
    }

    /// Ends a run, finishes the write under way, closes every file and frees every lock: a system ends whoever holds
    /// one while suspended. Takes a few seconds at most. Until ``resume()`` calls throw `StoreError.Closed`.
    public func suspend() async throws {
        try await write { try $0.suspend() }
    }

    /// Opens the files again. `StoreError.Busy` while another program has them.
    public func resume() async throws {
        try await write { try $0.resume() }
    }

    /// Erases what is due and destroys keys that nothing needs. Cheap where nothing is; a run does it by itself.
    @discardableResult
    public func upkeep() async throws -> Upkeep {
        try await write { try $0.upkeep() }
    }

    /// New keys for everything, and the old ones destroyed. Takes time in proportion to the reports.
    @discardableResult
    public func rotateKeys() async throws -> Rotated {
        try await write { try $0.rotateKeys() }
    }

    /// Holds a report, so that it is not shown to others, exported or erased, or lets it go.
    public func setHold(_ hold: Hold, on report: ReportId) async throws {
        try await write { try $0.setHold(report: report, hold: hold) }
    }

    /// What was rescued from damaged files of the active unit and still lies beside them, oldest first.
    public func salvages() async throws -> [Salvage] {
        try await read { try $0.salvages() }
    }

    /// What opening the data had to rescue this time.
    public func rescued() async throws -> Salvage? {
        try await read { try $0.rescued() }
    }

    /// What this device holds of people in the active unit, and what it held; without identities.
    public func breachExtract() async throws -> BreachExtract {
        try await read { try $0.breachExtract() }
    }

    /// What is wrong here, without identities. Asks the server too, if one is set.
    public func doctor() async throws -> [Finding] {
        try await ask { try $0.doctor() }
    }
}
