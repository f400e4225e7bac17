import Apoa
import Foundation
import Testing

extension Player {
    func previewList(_ step: Step) async throws {
        let (phone, list, request) = (try phone(step), try list(step), try request(step))
        let seen = try await phone.preview(roster: list, request, RosterPage(limit: 50))
        let counts = [
            "ready": seen.ready, "warnings": seen.warnings, "wrong": seen.errors, "duplicates": seen.duplicates,
        ]
        for (name, count) in counts {
            #expect(try step.number(name) == Int64(count), "\(name) of \(step)")
        }
        let problems = seen.rows.flatMap { row in
            row.problems.map { ("\(row.number) \($0.field ?? "")", $0.code ?? "") }
        }
        #expect(try Dictionary(problems) { first, _ in first } == step.texts("problems"), "\(step)")
    }

    func compareList(_ step: Step) async throws {
        let (phone, list, request) = (try phone(step), try list(step), try request(step))
        let found = try await phone.compare(roster: list, request)
        #expect(try found.unreported == numbers("unreported", of: step), "\(step)")
        #expect(try found.changed.map(\.row) == numbers("changed", of: step), "\(step)")
        #expect(try step.number("same") == Int64(found.same), "\(step)")
        let gone = try step.list("gone").map { name in
            guard case .text(let name) = name else { throw Missing("names in \(step)") }
            return try report(named: name)
        }
        #expect(Set(found.gone) == Set(gone), "\(step)")
    }

    func fileList(_ step: Step) async throws {
        let (phone, list, request) = (try phone(step), try list(step), try request(step))
        let leaveOut = Set(try numbers("leave_out", of: step))
        let filed = try await phone.file(roster: list, request, leavingOut: leaveOut)
        #expect(try step.number("filed") == Int64(filed.reports.count), "\(step)")
        #expect(filed.existing == 0 && !filed.stopped, "\(step)")
    }

    private func request(_ step: Step) throws -> RosterRequest {
        let kind = try #require(Words.reportKinds[try step.text("kind")])
        return RosterRequest(kind: kind, titles: try step.texts("titles"))
    }

    private func numbers(_ key: String, of step: Step) throws -> [Int32] {
        try step.list(key).map { number in
            guard case .number(let number) = number else { throw Missing("numbers for \(key) in \(step)") }
            return Int32(number)
        }
    }
}
