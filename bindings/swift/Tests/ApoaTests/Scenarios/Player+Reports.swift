import Apoa
import Foundation
import Testing

extension Player {
    func check(_ step: Step) async throws {
        let found = try await phone(step).check(draft(step)).filter { !$0.notice }
        let problems = Dictionary(found.map { ($0.field, $0.code) }) { first, _ in first }
        #expect(try problems == step.texts("problems"), "\(step)")
    }

    func finalise(_ step: Step) async throws {
        let kept = try await phone(step).finalise(draft(step), again: step.optionalText("again"))
        try name(kept.report, as: step)
    }

    func finaliseNext(_ step: Step) async throws {
        let (phone, former) = (try phone(step), try report(named: step.text("after")))
        let before = try #require(try await phone.draft(of: former))
        let next = try nextGuest(draft: before)
        let facts = try next.facts.merging(step.texts("facts")) { _, new in new }
        let kept = try await phone.finalise(Draft(kind: next.kind, facts: facts))
        try name(kept.report, as: step)
    }

    func finaliseAndDie(_ step: Step) async throws {
        let (phone, draft) = (try step.text("phone"), try draft(step))
        try #require(draft.kind == .lodgingCheckIn, "the program keeps guests only")
        let program = Process()
        program.executableURL = Places.programs.appendingPathComponent("finalise-and-die")
        program.arguments = [place(phone).path] + draft.facts.map { "\($0.key)=\($0.value)" }
        try program.run()
        program.waitUntilExit()
        #expect(program.terminationReason == .uncaughtSignal && program.terminationStatus == SIGKILL)
    }

    func edit(_ step: Step) async throws {
        let (phone, report) = (try phone(step), try report(step))
        let draft = try #require(await phone.draft(of: report))
        let facts = try draft.facts.merging(step.texts("facts")) { _, new in new }
        try await phone.amend(report, Draft(kind: draft.kind, facts: facts))
    }

    func followUp(_ step: Step) async throws {
        let kind = try #require(Words.followUps[try step.text("kind")])
        try await phone(step).followUp(report(step), FollowUp(kind: kind, facts: step.texts("facts")))
    }

    func see(_ step: Step) async throws {
        let seen = try #require(await phone(step).report(report(step)), "\(step)")
        if let standing = try step.optionalText("standing") {
            #expect(Words.word(seen.row.standing) == standing, "\(step)")
        }
        if let work = try step.optionalText("work") {
            #expect(Words.word(seen.row.work) == work, "\(step)")
        }
        if let receipts = try step.number("receipts") {
            #expect(seen.receipts.count == receipts, "\(step)")
        }
        if let closed = try step.truth("closed") {
            #expect(seen.row.closed == closed, "\(step)")
        }
        for (field, value) in try step.texts("facts") {
            #expect(seen.facts[field] == value, "\(step)")
        }
    }

    func counts(_ step: Step) async throws {
        let counts = try await phone(step).counts()
        let fields = Mirror(reflecting: counts).children.compactMap { child in
            child.label.map { (Words.word($0), child.value as? Int64) }
        }
        let named = Dictionary(uniqueKeysWithValues: fields)
        for (field, count) in try step.numbers() {
            #expect(named[field] == count, "\(step)")
        }
    }

    func find(_ step: Step) async throws {
        let found = try await phone(step).search(step.text("passport"), limit: 2)
        try #require(found.count == 1, "\(step)")
        try name(found[0].report, as: step)
    }

    func callers(_ step: Step) async throws {
        let (phone, draft) = (try phone(step), try draft(step))
        let count = try #require(try step.number("count"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<count {
                group.addTask {
                    // Each guest has a passport of its own, or they would be one stay.
                    let own = ["passport_number": "L8\(100_000 + caller)", "room": "\(caller)"]
                    let facts = draft.facts.merging(own) { _, new in new }
                    let kept = try await phone.finalise(Draft(kind: draft.kind, facts: facts))
                    let seen = try #require(await phone.report(kept.report))
                    #expect(seen.facts["room"] == own["room"])
                    #expect(try await phone.counts().queued >= 1)
                }
            }
            try await group.waitForAll()
        }
    }
}
