// apoa-bench URL TRUST USER PASSWORD FRAME   times what crosses the border, one TSV line each: what, calls, median in µs.
import Apoa
import Foundation

let arguments = CommandLine.arguments

func measure(_ what: String, calls: Int, _ call: (Int) async throws -> Void) async throws {
    var times: [Double] = []
    let clock = ContinuousClock()
    for number in 0..<calls {
        let (seconds, attoseconds) = try await clock.measure { try await call(number) }.components
        times.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
    }
    times.sort()
    print("\(what)\t\(calls)\t\(String(format: "%.1f", times[calls / 2]))")
}

/// A full-HD frame, grey around the specimen permit of the fixtures.
func fullHD(around frame: URL) throws -> Data {
    let (width, rows, columns) = (1920, 360, 480)
    let permit = Data(try Data(contentsOf: frame).suffix(rows * columns))
    var luma = Data(repeating: 200, count: width * 1080)
    for row in 0..<rows {
        let start = (360 + row) * width + 720
        luma.replaceSubrange(start..<start + columns, with: permit[row * columns..<(row + 1) * columns])
    }
    return luma
}

func layout(_ number: Int, region: Region? = nil) -> FrameLayout {
    FrameLayout(
        width: 1920, height: 1080, rowStride: 1920, rotation: .upright, region: region, atMs: Int64(number) * 33)
}

// The crossing itself: of a whole frame only a spot is looked at, so that what is left is the call.
let luma = try fullHD(around: URL(fileURLWithPath: arguments[5]))
let spot = Region(x: 0, y: 0, width: 32, height: 32)
let spotted = try FrameScanner()
try await measure("1080p_lent", calls: 2000) { _ = try spotted.scan(luma, layout: layout($0, region: spot)) }
try await measure("1080p_raw_view", calls: 2000) { number in
    _ = try luma.withUnsafeBytes { try spotted.scan($0, layout: layout(number, region: spot)) }
}
try await measure("1080p_copied_first", calls: 2000) { number in
    var copy = luma
    copy[0] = UInt8(truncatingIfNeeded: number)
    _ = try spotted.scan(copy, layout: layout(number, region: spot))
}

let whole = try FrameScanner()
try await measure("1080p_scan", calls: 100) { _ = try whole.scan(luma, layout: layout($0)) }

// A page of a list, from a store with 200 reports.
let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
let trust = try String(contentsOfFile: arguments[2], encoding: .utf8)
let apoa = try await Apoa.open(folder, server: URL(string: arguments[1]), trust: trust)
try await apoa.signIn(.password(user: arguments[3], password: arguments[4]))
let facts = try await [
    "full_name": "ERIKSSON ANNA MARIA", "birth_date": "1974-08-12", "nationality": "UTO", "sex": "F",
    "passport_expiry": "2036-04-15", "nights": "3", "purpose": "holiday", "check_in": apoa.today(),
]
try await measure("finalise", calls: 200) { number in
    let own = facts.merging(["passport_number": "L8\(100_000 + number)"]) { _, new in new }
    try await apoa.finalise(fillDraft(draft: Draft(kind: .lodgingCheckIn, facts: [:]), facts: own, source: .manual))
}
try await measure("page_of_50_rows", calls: 200) { _ in _ = try await apoa.reports(Page(limit: 50)) }
try await measure("counts", calls: 2000) { _ in _ = try await apoa.counts() }
await apoa.close()
try FileManager.default.removeItem(at: folder)
