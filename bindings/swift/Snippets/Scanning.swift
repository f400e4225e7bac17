// Reads a permit in camera frames.   Scanning FRAME, a file whose last bytes are 360 rows of 480 grey pixels.
import Apoa
import Foundation

let frame = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let scanner = try FrameScanner()

// A camera brings frame after frame; what is seen twice counts. The pixels are lent for the call, not copied.
let layout = FrameLayout(width: 480, height: 360, rowStride: 480, rotation: .upright, region: nil)
frames: for number in 0..<30 {
    switch try scanner.scan(frame.suffix(480 * 360), layout: layout, at: Int64(number) * 33) {
    case .confirmed(.code(let found), _):
        print("\(found.reading.word): \(found.reading.facts["full_name"] ?? "no name")")
        break frames
    case .confirmed(.mrz(let zone), _):
        print(zone.lines.joined(separator: "\n"))
        break frames
    case .nothing(let hint), .located(_, let hint):
        if let hint { print("hint: \(hint)") }
    case .unchanged:
        continue
    }
}
scanner.close()
