import Foundation

/// A call of something that was closed for good: a mistake of the caller. Nothing that was saved is lost.
public struct UseAfterClose: LocalizedError, Equatable {
    /// For developers; people never see it.
    public var errorDescription: String? { "used after close()" }
}
