extension Apoa {
    /// A line of the core's log. It holds codes and counts, no personal data.
    public struct LogLine: Sendable, Equatable {
        /// How much it matters.
        public let level: LogLevel
        /// Which part of the core says it.
        public let target: String
        /// What it says.
        public let text: String
    }

    /// The core's log lines of `level` and above. One log a process: a later call takes the place of the one before,
    /// whose stream ends. Lines that nobody reads are dropped, the oldest first.
    ///
    /// ```swift
    /// for await line in try Apoa.log(.info) { logger.log("\(line.text)") }
    /// ```
    public static func log(_ level: LogLevel = .warn) throws -> AsyncStream<LogLine> {
        // As many as the core itself keeps waiting.
        let (lines, reader) = AsyncStream.makeStream(of: LogLine.self, bufferingPolicy: .bufferingNewest(256))
        try installLog(sink: Sink(reader), level: level)
        return lines
    }
}

/// Hands lines on, and ends the stream when the core lets go of it.
private final class Sink: LogSink {
    private let reader: AsyncStream<Apoa.LogLine>.Continuation

    init(_ reader: AsyncStream<Apoa.LogLine>.Continuation) {
        self.reader = reader
    }

    func log(level: LogLevel, target: String, text: String) throws {
        reader.yield(Apoa.LogLine(level: level, target: target, text: text))
    }

    deinit {
        reader.finish()
    }
}
