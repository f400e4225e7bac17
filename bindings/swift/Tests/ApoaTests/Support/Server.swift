import Foundation

/// `apoa serve` as a process, which dies with this object. Its database survives a stop.
final class Server {
    let url: URL
    /// Text of the trust file.
    let trust: String
    let user: String
    let password: String
    private let folder: URL
    private var process: Process
    private var lines: Lines

    /// Serves a new database in `folder`, with these faults.
    init(in folder: URL, faults: [String] = []) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        (process, lines) = try Self.spawn(folder, listen: "127.0.0.1:0", faults: faults)
        let first = try lines.next { _ in true }
        guard let address = first["url"] as? String, let url = URL(string: address),
            let trust = first["trust"] as? String, let user = first["user"] as? String,
            let password = first["password"] as? String
        else { throw Missing("the server's first line: \(first)") }
        self.url = url
        self.trust = try String(contentsOfFile: trust, encoding: .utf8)
        self.user = user
        self.password = password
    }

    deinit {
        kill()
    }

    /// Kills the process, as a power cut would.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Serves the same database at the same address again.
    func start() throws {
        let address = url.absoluteString.replacingOccurrences(of: "https://", with: "")
        (process, lines) = try Self.spawn(folder, listen: address, faults: [])
        _ = try lines.next { $0["url"] != nil }
    }

    /// Blocks until the server tells of this event.
    func wait(for event: String) throws {
        _ = try lines.next { $0["event"] as? String == event }
    }

    /// Runs `apoa office` over the database.
    func office(_ arguments: [String]) throws {
        let program = Process()
        program.executableURL = try Places.apoa()
        program.arguments =
            ["--json", "--data", folder.path, "office"] + arguments + ["--db", Self.database(folder)]
        program.standardOutput = FileHandle.nullDevice
        try program.run()
        program.waitUntilExit()
        guard program.terminationStatus == 0 else {
            throw Missing("office \(arguments.joined(separator: " ")): exit \(program.terminationStatus)")
        }
    }

    private static func database(_ folder: URL) -> String {
        folder.appendingPathComponent("office.db").path
    }

    private static func spawn(
        _ folder: URL, listen: String, faults: [String]
    ) throws -> (Process, Lines) {
        let (process, output) = (Process(), Pipe())
        process.executableURL = try Places.apoa()
        process.arguments =
            ["--json", "--data", folder.path, "serve", "--listen", listen, "--db", database(folder)]
            + faults.flatMap { ["--fail", $0] }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, Lines(of: output.fileHandleForReading))
    }
}

/// The JSON lines of a process, read by a thread of their own so that it is never held up by a full pipe.
private final class Lines: @unchecked Sendable {
    /// Long for a machine under load; no test waits so long when all is well.
    private static let patience: TimeInterval = 60

    private let condition = NSCondition()
    private var waiting: [String] = []
    private var ended = false

    init(of handle: FileHandle) {
        Thread.detachNewThread { [self] in
            var rest = Data()
            while case let bytes = handle.availableData, !bytes.isEmpty {
                rest.append(bytes)
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: rest[..<end], as: UTF8.self)
                    rest = Data(rest[rest.index(after: end)...])
                    told { waiting.append(line) }
                }
            }
            told { ended = true }
        }
    }

    private func told(_ change: () -> Void) {
        condition.lock()
        change()
        condition.broadcast()
        condition.unlock()
    }

    /// The next line that is wanted; those before it are dropped.
    func next(where wanted: ([String: Any]) -> Bool) throws -> [String: Any] {
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        condition.lock()
        defer { condition.unlock() }
        while true {
            while !waiting.isEmpty {
                let line = Data(waiting.removeFirst().utf8)
                if let event = try JSONSerialization.jsonObject(with: line) as? [String: Any], wanted(event) {
                    return event
                }
            }
            guard !ended, condition.wait(until: deadline) else { throw Missing("a line of the server") }
        }
    }
}
