import Apoa
import Foundation
import Testing

extension Player {
    func sync(_ step: Step) async throws {
        let phone = try phone(step)
        let budget = try step.number("budget_ms").map { Duration.milliseconds($0) } ?? .seconds(20)
        let run = Task { try await phone.sync(budget: budget) }
        if let after = try step.number("cancel_after_ms") {
            try await Task.sleep(for: .milliseconds(after))
            run.cancel()
        }
        let summary = try await run.value
        if let stoppedBy = try step.optionalText("stopped_by") {
            #expect(summary.stoppedBy.map { Words.word($0) } == stoppedBy, "\(step)")
        }
        for (what, count) in ["sent": summary.sent, "received": summary.received, "left": summary.left] {
            if let wanted = try step.number(what) {
                #expect(count == wanted, "\(what) of \(step): \(summary)")
            }
        }
    }

    func verify(_ step: Step) async throws {
        let phone = try phone(step)
        let receipt = try #require(await phone.report(report(step))?.receipts.first)
        let check = try await phone.verifyReceipt(receipt, passport: step.optionalText("passport"))
        let (valid, belongs) = (try step.truth("valid"), try step.truth("belongs"))
        switch check {
        case .proved(_, _, _, _, _, _, _, let passport):
            #expect(valid == true && passport == belongs, "\(step): \(check)")
        case .notProved:
            #expect(valid == false, "\(step): \(check)")
        }
    }

    func office(_ step: Step) throws {
        let (decision, report) = (try step.text("decide"), try report(step))
        let details: [String] =
            switch decision {
            case "correct": ["--field", try step.text("field")]
            case "reject": ["--reason", try step.text("reason")]
            default: []
            }
        try running().office([decision, report.uuidString.lowercased()] + details)
    }
}
