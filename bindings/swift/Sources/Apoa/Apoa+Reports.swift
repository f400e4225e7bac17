import Foundation

extension Apoa {
    /// An empty draft with what the unit's profile fills in.
    public func newDraft(_ kind: ReportKind) async throws -> Draft {
        try await read { try $0.newDraft(kind: kind) }
    }

    /// The draft with what is still open filled from the unit's profile.
    public func fillDefaults(_ draft: Draft) async throws -> Draft {
        try await read { try $0.fillDefaults(draft: draft) }
    }

    /// Everything that is wrong with a draft, notices included.
    public func check(_ draft: Draft) async throws -> [FieldProblem] {
        try await read { try $0.check(draft: draft) }
    }

    /// Keeps what is typed, on disk: a new draft, or, with `report`, its draft or a form over its data. Nothing is
    /// checked, and nothing is sent before the draft is finished.
    public func saveDraft(
        _ draft: Draft, of report: ReportId? = nil, compared: Compared? = nil
    ) async throws -> ReportId {
        try await write { try $0.saveDraft(report: report, draft: draft, compared: compared) }
    }

    /// What an edit begins with: the form kept for this report, else its data as last finalised.
    public func draft(of report: ReportId) async throws -> Draft? {
        try await read { try $0.draft(report: report) }
    }

    /// Keeps the report: once this returns, it is on disk and will be sent.
    ///
    /// - Parameters:
    ///   - compared: What a comparison of permit and passport came to.
    ///   - again: Why the same guest on the same day is another stay all the same.
    @discardableResult
    public func finalise(
        _ draft: Draft, compared: Compared? = nil, again: String? = nil
    ) async throws -> Finalised {
        try await write { try $0.finalise(draft: draft, compared: compared, again: again) }
    }

    /// Finishes a kept draft, with these facts in it.
    @discardableResult
    public func finaliseDraft(
        _ report: ReportId, _ draft: Draft, again: String? = nil
    ) async throws -> Finalised {
        try await write { try $0.finaliseDraft(report: report, draft: draft, again: again) }
    }

    /// Corrects the whole data of a report. What surely was not sent is replaced; whatever the server may have is
    /// followed by an amendment.
    @discardableResult
    public func amend(_ report: ReportId, _ draft: Draft, again: String? = nil) async throws -> Finalised {
        try await write { try $0.amend(report: report, draft: draft, again: again) }
    }

    /// Files a follow-up on a report, also on one that another device made.
    @discardableResult
    public func followUp(_ report: ReportId, _ followUp: FollowUp) async throws -> Finalised {
        try await write { try $0.followUp(report: report, followUp: followUp) }
    }

    /// Withdraws a report: here alone if the server never had it, else with a cancel that is sent.
    @discardableResult
    public func withdraw(_ report: ReportId, reason: String) async throws -> Withdrawn {
        try await write { try $0.withdraw(report: report, reason: reason) }
    }

    /// Drops a draft, or a report that the server surely never had.
    public func discard(_ report: ReportId) async throws {
        try await write { try $0.discard(report: report) }
    }

    /// Keeps the photo of the passport's page, a JPEG file, with a report whose data are here.
    @discardableResult
    public func attach(photo: Data, to report: ReportId) async throws -> Finalised {
        try await write { try $0.attach(report: report, photo: photo) }
    }
}
