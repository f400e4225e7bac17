import Foundation

extension Apoa {
    /// Judges every row of a list as a single report is judged, and stores nothing. The list is a text with semicolons,
    /// commas or tabs, of at most 10 MB and 10,000 rows.
    public func preview(
        roster list: Data, _ request: RosterRequest, _ page: RosterPage
    ) async throws -> RosterPreview {
        try await read { try $0.previewRoster(list: list, request: request, page: page) }
    }

    /// A list against the unit's open reports of its kind: who is new, changed, gone. It proposes and does nothing.
    public func compare(roster list: Data, _ request: RosterRequest) async throws -> RosterChanges {
        try await read { try $0.compareRoster(list: list, request: request) }
    }

    /// Files every row of a list that is ready or has only warnings. Rows go a hundred at a time, each hundred on disk
    /// before the next; ``changes()`` shows how far it is.
    ///
    /// When its task is cancelled, it ends after the hundred that is under way. The same list again files the rest.
    ///
    /// - Parameter leaveOut: Numbers of rows that stay out.
    @discardableResult
    public func file(
        roster list: Data, _ request: RosterRequest, leavingOut leaveOut: Set<Int32> = []
    ) async throws -> RosterFiled {
        try await writeAsRun { client, run in
            try client.fileRoster(list: list, request: request, leaveOut: Array(leaveOut), run: run)
        }
    }
}
