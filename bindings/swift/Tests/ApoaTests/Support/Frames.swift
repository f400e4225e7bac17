import Apoa
import Foundation

/// A frame of the fixtures: a grey picture, rows without padding.
struct Frame {
    let width: Int
    let height: Int
    let luma: Data

    /// Reads `NAME.pgm`, binary and with 8 bits a pixel.
    init(_ name: String) throws {
        let file = try Data(contentsOf: Places.frames.appendingPathComponent("\(name).pgm"))
        var (words, start) = ([Substring](), file.startIndex)
        while words.count < 4, let end = file[start...].firstIndex(where: { $0 == 0x20 || $0 == 0x0A }) {
            words.append(Substring(decoding: file[start..<end], as: UTF8.self))
            start = end + 1
        }
        guard words.count == 4, words[0] == "P5", words[3] == "255", let width = Int(words[1]),
            let height = Int(words[2]), file.count - start == width * height
        else { throw Missing("a frame in \(name).pgm") }
        (self.width, self.height, luma) = (width, height, Data(file[start...]))
    }

    /// The layout of rows that lie `stride` bytes apart.
    func layout(stride: Int? = nil) -> FrameLayout {
        FrameLayout(
            width: Int32(width), height: Int32(height), rowStride: Int32(stride ?? width),
            rotation: .upright, region: nil)
    }

    /// The rows with `padding` bytes behind each but the last.
    func padded(by padding: Int) -> Data {
        var padded = Data(capacity: (width + padding) * height)
        for row in 0..<height {
            padded.append(luma[row * width..<(row + 1) * width])
            if row + 1 < height { padded.append(Data(repeating: 0xAA, count: padding)) }
        }
        return padded
    }
}

/// The kinds of buffer in which a camera hands over pixels.
enum Buffer: CaseIterable {
    case data, sliceOfData, rawWithOffset, paddedRows, paddedLastRow, rawShortLastRow

    /// Scans `frame` from a buffer of this kind.
    func scan(_ frame: Frame, with scanner: FrameScanner, at: Int64) throws -> Scanned {
        switch self {
        case .data:
            return try scanner.scan(frame.luma, layout: frame.layout(), at: at)
        case .sliceOfData:
            let larger = Data(repeating: 0x55, count: 5) + frame.luma + Data(repeating: 0x55, count: 3)
            return try scanner.scan(larger[5..<5 + frame.luma.count], layout: frame.layout(), at: at)
        case .rawWithOffset:
            let larger = Data(repeating: 0x55, count: 7) + frame.luma
            return try larger.withUnsafeBytes { bytes in
                try scanner.scan(UnsafeRawBufferPointer(rebasing: bytes[7...]), layout: frame.layout(), at: at)
            }
        case .paddedRows:
            return try scanner.scan(
                frame.padded(by: 32), layout: frame.layout(stride: frame.width + 32), at: at)
        case .paddedLastRow:
            let whole = frame.padded(by: 32) + Data(repeating: 0xAA, count: 32)
            return try scanner.scan(whole, layout: frame.layout(stride: frame.width + 32), at: at)
        case .rawShortLastRow:
            return try frame.padded(by: 48).withUnsafeBytes { bytes in
                try scanner.scan(bytes, layout: frame.layout(stride: frame.width + 48), at: at)
            }
        }
    }
}

/// Scans until something counts; at most as many frames as a camera brings in a second.
func confirmed(_ frame: Frame, in buffer: Buffer) throws -> Payload? {
    let scanner = try FrameScanner()
    for number in 0..<30 {
        if case .confirmed(let payload, _) = try buffer.scan(frame, with: scanner, at: Int64(number) * 33) {
            return payload
        }
    }
    return nil
}
