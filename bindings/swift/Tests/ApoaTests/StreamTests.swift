import Apoa
import Foundation
import Testing

@Suite("Streams of counts")
struct StreamTests {
    @Test("begin with now, tell each change, and end with the client")
    func follow() async throws {
        let desk = try await Desk()
        let apoa = desk.apoa
        var counts = apoa.changes().makeAsyncIterator()
        #expect(await counts.next()?.queued == 0)
        try await apoa.finalise(.guest)
        #expect(await counts.next()?.queued == 1)
        try await apoa.sync()
        #expect(await counts.next()?.received == 1)
        await apoa.close()
        #expect(await counts.next() == nil)
    }

    @Test("give a slow reader the newest counts alone, and every reader its own")
    func slow() async throws {
        let desk = try await Desk()
        let apoa = desk.apoa
        var (quick, slow) = (
            apoa.changes().makeAsyncIterator(), apoa.changes().makeAsyncIterator()
        )
        #expect(await quick.next()?.queued == 0)
        for number in 1...3 {
            var facts = Draft.guest.facts
            facts["passport_number"] = "L89890\(number)C3"
            try await apoa.finalise(Draft(kind: .lodgingCheckIn, facts: facts))
            #expect(await quick.next()?.queued == Int64(number))
        }
        #expect(await slow.next()?.queued == 3)
    }
}
