import Apoa
import Foundation
import Testing

extension Player {
    func scan(_ step: Step) throws {
        let (frame, word, facts) = (try Frame(step.text("frame")), try step.text("word"), try step.texts("facts"))
        for buffer in Buffer.allCases {
            let payload = try #require(try confirmed(frame, in: buffer), "\(buffer)")
            guard case .code(let found) = payload else { throw Missing("a code in \(buffer)") }
            #expect(found.reading.word == word)
            for (field, value) in facts {
                #expect(found.reading.facts[field] == value, "\(buffer)")
            }
        }
    }

    func scanners(_ step: Step) throws {
        let count = try #require(try step.number("count"))
        for _ in 0..<count {
            let scanner = try FrameScanner()
            #expect(try scanner.zone() == nil)
            scanner.close()
            #expect(throws: UseAfterClose.self) { try scanner.zone() }
        }
    }

    func frames(_ step: Step) throws {
        let (frame, scanner) = (try Frame(step.text("frame")), try FrameScanner())
        let count = try #require(try step.number("count"))
        let most = try #require(try step.number("grows_kb"))
        var before: Int64 = 0
        for number in 0..<count {
            if number == count / 10 { before = try residentKilobytes() }
            _ = try scanner.scan(frame.luma, layout: frame.layout(), at: number * 33)
        }
        let grown = try residentKilobytes() - before
        #expect(grown <= most, "grew by \(grown) kB")
    }

    private func residentKilobytes() throws -> Int64 {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int64($0) })
    }
}
