import Foundation

/// The core's observer on one side, any number of streams on the other.
final class Changes: Observer {
    private struct Reader {
        let stream: AsyncStream<Counts>.Continuation
        var told = false
    }

    /// Nothing once the client is closed.
    private let readers = Locked<[UUID: Reader]?>([:])

    func changed(counts: Counts) throws {
        readers.with { readers in
            for id in (readers ?? [:]).keys {
                readers?[id]?.told = true
                readers?[id]?.stream.yield(counts)
            }
        }
    }

    /// A stream that keeps only the newest value, so that a slow reader costs nothing and is never behind.
    ///
    /// It starts with what `now` answers, unless a newer value came first.
    func stream(from now: @escaping @Sendable () async -> Counts?) -> AsyncStream<Counts> {
        let (stream, reader) = AsyncStream.makeStream(of: Counts.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        let open = readers.with { readers in
            readers?[id] = Reader(stream: reader)
            return readers != nil
        }
        guard open else {
            reader.finish()
            return stream
        }
        let first = Task {
            guard let counts = await now() else { return }
            readers.with { readers in
                if readers?[id]?.told == false { reader.yield(counts) }
            }
        }
        reader.onTermination = { [weak self] _ in
            first.cancel()
            self?.readers.with { $0?[id] = nil }
        }
        return stream
    }

    /// Ends every stream, also those that are asked for later.
    func finish() {
        let streams = readers.with { readers in
            defer { readers = nil }
            return (readers ?? [:]).values.map(\.stream)
        }
        streams.forEach { $0.finish() }
    }
}
