import Foundation
import Testing

@testable import Apoa

@Suite("Lanes")
struct LaneTests {
    @Test("that block leave Swift's own threads free")
    func blocking() async throws {
        // More callers than the cooperative pool has threads, each blocked until a task of that pool frees it.
        let callers = ProcessInfo.processInfo.activeProcessorCount + 2
        let lane = Lane("test", width: callers, quality: .userInitiated)
        let (blocked, freed) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    try await lane.run {
                        blocked.continuation.yield()
                        return freed.wait(timeout: .now() + 30) == .success
                    }
                }
            }
            var waiting = blocked.stream.makeAsyncIterator()
            for _ in 0..<callers { await waiting.next() }
            for _ in 0..<callers { freed.signal() }
            for try await inTime in group { #expect(inTime) }
        }
    }

    @Test("run no more at once than their width", arguments: [1, 4])
    func width(_ width: Int) async throws {
        let lane = Lane("test", width: width, quality: .userInitiated)
        let (now, most) = (Locked(0), Locked(0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await lane.run {
                        let running = now.with { now in
                            now += 1
                            return now
                        }
                        most.with { $0 = max($0, running) }
                        sched_yield()
                        now.with { $0 -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(most.with { $0 } <= width)
    }

    @Test("hand on what is thrown")
    func throwing() async {
        let lane = Lane("test", width: 1, quality: .userInitiated)
        await #expect(throws: StoreError.Busy) { try await lane.run { throw StoreError.Busy } }
    }
}
