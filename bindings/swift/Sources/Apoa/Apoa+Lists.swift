import Foundation

extension Apoa {
    /// A page of reports, newest first.
    public func reports(_ page: Page) async throws -> [ReportRow] {
        try await read { try $0.reports(page: page) }
    }

    /// One report with its data, receipts and history; nothing if there is no such report.
    public func report(_ report: ReportId) async throws -> ReportDetail? {
        try await read { try $0.report(report: report) }
    }

    /// Reports with this document number, or whose name or room holds every word; newest first.
    public func search(_ text: String, limit: Int32, after: ReportId? = nil) async throws -> [ReportRow] {
        try await read { try $0.search(text: text, limit: limit, after: after) }
    }

    /// Reports with open work, nearest deadline first.
    public func queue() async throws -> [QueueRow] {
        try await read { try $0.queue() }
    }

    /// How many reports are in which state.
    public func counts() async throws -> Counts {
        try await read { try $0.counts() }
    }

    /// What happened in the active unit since then, oldest first: ids and codes, no personal data.
    public func events(since: Date) async throws -> [Event] {
        try await read { try $0.events(since: since) }
    }

    /// What this shift leaves to the next one.
    public func handOver(since: Date) async throws -> HandOver {
        try await read { try $0.handOver(since: since) }
    }
}
