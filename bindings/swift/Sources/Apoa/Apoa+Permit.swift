import Foundation

extension Apoa {
    /// A scanner that reads codes by the newest patterns of the deployment; make another one after a sync.
    public func scanner() async throws -> FrameScanner {
        FrameScanner(try await read { try $0.scanner() })
    }

    /// What the payload of a code says. What it links to is never opened.
    public func readCode(_ payload: Data) async throws -> Reading {
        try await read { try $0.readCode(payload: payload) }
    }

    /// Why the newest patterns of the deployment are not in use, if they are not.
    public func refusedPatterns() async throws -> String? {
        try await read { try $0.refusedPatterns() }
    }

    /// Counts the redacted form of a code that nobody knew; ask the person first. `false` if the payload is known.
    @discardableResult
    public func rememberUnknown(_ payload: Data) async throws -> Bool {
        try await write { try $0.rememberUnknown(payload: payload) }
    }

    /// The forms that were remembered, the most frequent first.
    public func unknownShapes() async throws -> [UnknownShape] {
        try await read { try $0.unknownShapes() }
    }

    /// Asks the server for the record behind a key of a code, within `budget` and half a second. Nothing of the record
    /// is kept. Ends when its task is cancelled.
    public func lookUp(_ key: LookUpKey, budget: Duration = .seconds(10)) async throws -> LookedUp {
        try await askAsRun { client, run in
            try client.lookUp(
                key: key, request: LookUpRequest(run: run, budgetMs: budget.milliseconds))
        }
    }

    /// Whether permit and passport belong together. No verdict blocks a report.
    public func compare(
        permit: Described, passport: Described, occasion: Occasion
    ) async throws -> Comparison {
        try await read { try $0.compare(permit: permit, passport: passport, occasion: occasion) }
    }

    /// The same with the record of the office's register as the third source.
    public func compare(
        code: Described, record: Described, passport: Described, occasion: Occasion
    ) async throws -> ThreeWay {
        try await read {
            try $0.compareThree(code: code, record: record, passport: passport, occasion: occasion)
        }
    }
}
