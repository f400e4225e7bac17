extension Apoa {
    /// Sends what waits, within `budget` and half a second. A report counts as received only once its receipt has
    /// verified.
    ///
    /// A cancelled task ends the run at its next step: the summary then says `cancelled`, and nothing that was
    /// committed is undone.
    @discardableResult
    public func sync(budget: Duration = .seconds(60), trigger: Trigger = .person) async throws -> SyncSummary {
        try await run { client, run in
            try client.sync(
                request: SyncRequest(run: run, budgetMs: budget.milliseconds, trigger: trigger))
        }
    }

    /// What the server would make of the queue, with so much time for each request. Nothing changes on either end,
    /// and nothing is promised. Ends when its task is cancelled.
    public func tryOut(budget: Duration = .seconds(30)) async throws -> [TriedOut] {
        try await askAsRun { client, run in
            try client.tryOut(request: TryOutRequest(run: run, budgetMs: budget.milliseconds))
        }
    }

    /// Lets a report on hold go on. `false` if it was not on hold.
    @discardableResult
    public func retry(_ report: ReportId) async throws -> Bool {
        try await write { try $0.retry(report: report) }
    }

    /// Asks the server whether it ever saw the op on hold, and if it did not, puts what waits of this report on what
    /// the server has, as new ops.
    @discardableResult
    public func supersede(_ report: ReportId) async throws -> Superseded {
        try await ask { try $0.supersede(report: report) }
    }

    /// Verifies a receipt, also one of another device, and whether it belongs to the passport in hand. It asks the
    /// server for its keys if none are known yet.
    public func verifyReceipt(_ text: String, passport: String? = nil) async throws -> ReceiptCheck {
        try await ask { try $0.verifyReceipt(text: text, passport: passport) }
    }
}
