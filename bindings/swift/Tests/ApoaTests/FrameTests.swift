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
            #expect { try scanner.scan(luma, layout: frame.layout(stride: stride)) } throws: {
                Words.name(of: $0) == "ScanError.BadFrame"
            }
        }
        #expect { try scanner.scan(UnsafeRawBufferPointer(start: nil, count: 0), layout: frame.layout()) } throws: {
            Words.name(of: $0) == "ScanError.BadFrame"
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
        #expect(throws: UseAfterClose.self) { try scanner.scan(frame.luma, layout: frame.layout()) }
        #expect(throws: UseAfterClose.self) { try scanner.report() }
    }
}
