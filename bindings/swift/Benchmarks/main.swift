// apoa-bench URL TRUST USER PASSWORD FRAME
//
// What calls cost through the wrapper, by the names of `border.rs` in Rust; `.ci/run long bench` prints them side by
// side. A line a case: its name, a tab, the median of a call in microseconds; of `longest_` cases the longest call.
import Apoa
import Foundation

let arguments = CommandLine.arguments
let (warmUp, calls, pageOf, hangs) = (Duration.seconds(1), 1000, 50, Duration.seconds(3))

func micros(_ call: () async throws -> Void) async throws -> Double {
    let (seconds, attoseconds) = try await ContinuousClock().measure { try await call() }.components
    return Double(seconds) * 1e6 + Double(attoseconds) / 1e12
}

func say(_ name: String, _ micros: Double) {
    print("\(name)\t\(String(format: "%.2f", micros))")
}

func measure(_ name: String, _ call: () async throws -> Void) async throws {
    let warm = ContinuousClock.now + warmUp
    while ContinuousClock.now < warm { try await call() }
    var times: [Double] = []
    for _ in 0..<calls { times.append(try await micros(call)) }
    say(name, times.sorted()[calls / 2])
}

// A call that never waits is timed without the concurrency's own price.
func measure(_ name: String, now call: () throws -> Void) throws {
    let warm = ContinuousClock.now + warmUp
    while ContinuousClock.now < warm { try call() }
    var times: [Double] = []
    for _ in 0..<calls {
        let (seconds, attoseconds) = try ContinuousClock().measure { try call() }.components
        times.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
    }
    say(name, times.sorted()[calls / 2])
}

func layout(_ width: Int, _ height: Int, region: Region?) -> FrameLayout {
    FrameLayout(
        width: Int32(width), height: Int32(height), rowStride: Int32(width), rotation: .upright, region: region)
}

// Of a whole frame a corner alone is looked at: what is left is the way there and back.
let corner = Region(x: 0, y: 0, width: 16, height: 16)
let scanner = try FrameScanner()
let (small, large) = (Data(count: 16 * 16), Data(count: 1920 * 1080))
let (smallLayout, largeLayout) = (layout(16, 16, region: corner), layout(1920, 1080, region: corner))
try measure("scan_corner_of_16x16", now: { _ = try scanner.scan(small, layout: smallLayout, at: 0) })
try measure("scan_corner_of_1080p", now: { _ = try scanner.scan(large, layout: largeLayout, at: 0) })
// A pause of the camera brings the first hint again, and a second of darkness another one: every answer is news.
var frame: Int64 = 0
try measure(
    "scan_corner_of_1080p_with_news",
    now: {
        _ = try scanner.scan(large, layout: largeLayout, at: frame / 2 * 10_000 + frame % 2 * 1_000)
        frame += 1
    })
let permit = Data(try Data(contentsOf: URL(fileURLWithPath: arguments[5])).suffix(480 * 360))
try measure(
    "scan_permit",
    now: {
        let seen = try FrameScanner().scan(permit, layout: layout(480, 360, region: nil), at: 0)
        if case .nothing = seen { fatalError("no code seen") }
    })

let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
let trust = try String(contentsOfFile: arguments[2], encoding: .utf8)
let apoa = try await Apoa.open(folder, server: URL(string: arguments[1]), trust: trust)
try await apoa.signIn(.password(user: arguments[3], password: arguments[4]))
let facts = try await [
    "full_name": "ERIKSSON ANNA MARIA", "birth_date": "1974-08-12", "nationality": "UTO", "sex": "F",
    "passport_expiry": "2036-04-15", "nights": "3", "purpose": "holiday", "check_in": apoa.today(),
]
for number in 0..<pageOf {
    let own = facts.merging(["passport_number": "L\(100_000 + number)"]) { _, new in new }
    try await apoa.finalise(fillDraft(draft: Draft(kind: .lodgingCheckIn, facts: [:]), facts: own, source: .manual))
}
let page = Page(limit: Int32(pageOf))
try await measure("counts") { _ = try await apoa.counts() }
try await measure("page_of_50_rows") {
    let rows = try await apoa.reports(page)
    precondition(rows.count == pageOf)
}
let syncing = Task { try await apoa.sync(budget: hangs) }
let ended = ContinuousClock.now + hangs
var longest = 0.0
while ContinuousClock.now < ended {
    longest = max(longest, try await micros { _ = try await apoa.reports(page) })
}
_ = try await syncing.value
say("longest_page_while_a_sync_hangs", longest)
await apoa.close()
try FileManager.default.removeItem(at: folder)
