import Apoa
import Foundation
import Testing

@Suite("Frames")
struct FrameTests {
    @Test("are read from every kind of buffer", arguments: Buffer.allCases)
    func buffers(_ buffer: Buffer) throws {
        let payload = try #require(try confirmed(Frame("permit"), in: buffer))
        guard case .code(let found) = payload else { throw Missing("a code") }
        #expect(found.reading.facts["passport_number"] == "L898902C3")
    }

    @Test("that lie about their layout are refused by type")
    func lying() throws {
        let (frame, scanner) = (try Frame("permit"), try FrameScanner())
        for (luma, stride) in [
            (Data(), frame.width), (frame.luma.dropLast(), frame.width), (frame.luma, frame.width - 1),
            (frame.luma, -frame.width), (frame.padded(by: 32).dropLast(), frame.width + 32),
        ] {
            #expect { try scanner.scan(luma, layout: frame.layout(stride: stride), at: 0) } throws: {
                Words.name(of: $0) == "ScanError.BadFrame"
            }
            // The lie does not stay in force.
            _ = try scanner.scan(frame.luma, layout: frame.layout(), at: 0)
        }
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect { try scanner.scan(none, layout: frame.layout(), at: 0) } throws: {
            Words.name(of: $0) == "ScanError.BadFrame"
        }
    }

    @Test("bring the same answer until it changes")
    func answers() throws {
        let (dark, scanner) = (Data(count: 64 * 48), try FrameScanner())
        let layout = FrameLayout(width: 64, height: 48, rowStride: 64, rotation: .upright, region: nil)
        let seen = try [0, 33, 1000, 1033].map { try scanner.scan(dark, layout: layout, at: $0) }
        let (aim, dim) = (Scanned.nothing(hint: .aim), Scanned.nothing(hint: .dark(torch: true)))
        #expect(seen == [aim, aim, dim, dim])
    }

    @Test("of two threads are each read by their own layout")
    func threads() async throws {
        let (frame, scanner) = (try Frame("permit"), try FrameScanner())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for padding in [0, 32] {
                group.addTask {
                    let luma = frame.padded(by: padding)
                    let layout = frame.layout(stride: frame.width + padding)
                    for number in 0..<100 { _ = try scanner.scan(luma, layout: layout, at: Int64(number) * 33) }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("that are no picture are refused by type")
    func picture() throws {
        #expect { try FrameScanner().scanStill(Data("no picture".utf8)) } throws: {
            Words.name(of: $0) == "ScanError.BadPicture"
        }
    }

    @Test("of a closed scanner are refused by type, and closing again is fine")
    func closed() throws {
        let (frame, scanner) = (try Frame("permit"), try FrameScanner())
        scanner.close()
        scanner.close()
        #expect(throws: UseAfterClose.self) { try scanner.scan(frame.luma, layout: frame.layout(), at: 0) }
        #expect(throws: UseAfterClose.self) { try scanner.report() }
    }
}
