import Foundation

/// Threads for calls that block, so that none blocks an actor or Swift's cooperative pool.
///
/// Calls start in the order they come. A serial lane runs one at a time; a wider one runs a few side by side.
struct Lane: Sendable {
    private let queue: OperationQueue

    init(_ name: String, width: Int, quality: QualityOfService) {
        queue = OperationQueue()
        queue.name = "apoa.\(name)"
        queue.maxConcurrentOperationCount = width
        queue.qualityOfService = quality
    }

    /// Runs `work` on a thread of this lane.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { waiting in
            queue.addOperation { waiting.resume(with: Result(catching: work)) }
        }
    }
}
