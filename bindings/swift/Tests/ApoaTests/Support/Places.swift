import Foundation

/// Where things lie that tests share with the other languages.
enum Places {
    /// The repository.
    static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../../..").standardized
    static let scenarios = root.appendingPathComponent("tests/scenarios")
    static let frames = root.appendingPathComponent("tests/fixtures/frames")

    /// The programs of this package, built beside the tests.
    static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// The command line that serves and decides.
    static func apoa() throws -> URL {
        guard let path = ProcessInfo.processInfo.environment["APOA_BIN"] else {
            throw Missing("APOA_BIN names no command line")
        }
        return URL(fileURLWithPath: path)
    }
}

/// What a test needs and did not find.
struct Missing: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A folder that goes when nothing holds it.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("apoa-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
