import Foundation

/// Reads the codes and passport lines of one camera session; one for each camera thread.
///
/// The luma bytes are lent for one call, neither copied nor kept. A layout that does not fit them is a
/// `ScanError.BadFrame`, and nothing is read.
///
/// ```swift
/// let scanner = try FrameScanner()
/// let layout = FrameLayout(width: 1280, height: 720, rowStride: 1280, rotation: .upright, region: nil)
/// if case .confirmed(let payload, _) = try scanner.scan(luma, layout: layout, at: milliseconds) {
///     show(payload)
/// }
/// ```
public final class FrameScanner: Sendable {
    /// Time for one frame of a camera that brings 30 a second.
    public static let frameBudget: Duration = .milliseconds(33)
    /// Time for one picture, which nothing follows.
    public static let stillBudget: Duration = .milliseconds(400)

    /// Foundation has a scanner too.
    typealias Core = ApoaGenerated.Scanner

    private let session: Locked<Session?>

    /// A scanner that has seen nothing and knows the built-in patterns; ``Apoa/scanner()`` makes one with the
    /// deployment's.
    public convenience init() throws {
        self.init(try Core())
    }

    init(_ scanner: Core) {
        session = Locked(Session(scanner))
    }

    /// Looks at one frame. Blocks for up to `budget`: call it on the camera's thread.
    ///
    /// A slice of `Data` counts from its own first byte, and the last row may end at its last pixel. A layout that
    /// equals the last frame's costs nothing.
    ///
    /// - Parameter at: The frame's time in milliseconds, by any clock that only moves forward.
    public func scan(
        _ luma: Data, layout: FrameLayout, at: Int64, budget: Duration = frameBudget
    ) throws -> Scanned {
        try open().scan(luma, layout: layout, at: at, budget: budget)
    }

    /// The same for pixels in memory that somebody else owns; they are only read, and only during the call.
    public func scan(
        _ luma: UnsafeRawBufferPointer, layout: FrameLayout, at: Int64, budget: Duration = frameBudget
    ) throws -> Scanned {
        try Self.lend(luma) { try scan($0, layout: layout, at: at, budget: budget) }
    }

    /// Looks at one picture file, PNG or JPEG. Blocks for up to `budget` and
    /// the time to unpack it. A region narrows the search.
    public func scanStill(
        _ picture: Data, region: Region? = nil, budget: Duration = stillBudget
    ) throws -> Picture {
        try open().core.scanStill(picture: picture, budgetMs: budget.inCore, region: region)
    }

    /// Looks at a picture whose luma is there already, as ``scanStill(_:region:budget:)`` does.
    public func scanStill(_ luma: Data, layout: FrameLayout, budget: Duration = stillBudget) throws -> Picture {
        try open().core.scanLuma(luma: luma, layout: layout, budgetMs: budget.inCore)
    }

    /// The passport lines in the last frame, whether they count or not: for drawing.
    public func zone() throws -> Zone? {
        try open().core.zone()
    }

    /// Why nothing was read in the last second, as JSON: numbers alone, no payload, no pixels.
    public func report() throws -> String {
        try open().core.report()
    }

    /// Lets go of the scanner's memory; any later call throws ``UseAfterClose``. A call under way ends as usual.
    public func close() {
        session.with { $0 = nil }
    }

    private func open() throws -> Session {
        guard let session = session.with({ $0 }) else { throw UseAfterClose() }
        return session
    }

    /// A view without a copy, which must not leave `body`.
    private static func lend<Result>(
        _ bytes: UnsafeRawBufferPointer, to body: (Data) throws -> Result
    ) rethrows -> Result {
        guard let start = bytes.baseAddress else { return try body(Data()) }
        let view = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count, deallocator: .none)
        return try body(view)
    }
}

/// The core's scanner with what need not cross again: the layout that it was told, and the answer that it gave last.
private final class Session: Sendable {
    let core: FrameScanner.Core
    private let said = Locked<(layout: FrameLayout?, seen: Scanned?)>((nil, nil))

    init(_ core: FrameScanner.Core) {
        self.core = core
    }

    /// A second thread waits here, as it would in the core, so that every frame meets its own layout and answer.
    func scan(_ luma: Data, layout: FrameLayout, at: Int64, budget: Duration) throws -> Scanned {
        try said.with { said in
            if said.layout != layout {
                try core.setLayout(layout: layout)
                said.layout = layout
            }
            let news = try core.scan(luma: luma, atMs: at, budgetMs: budget.inCore)
            if !news, let seen = said.seen { return seen }
            let seen = try core.seen()
            said.seen = seen
            return seen
        }
    }
}

extension Duration {
    fileprivate var inCore: Int32 { Int32(clamping: milliseconds) }
}
