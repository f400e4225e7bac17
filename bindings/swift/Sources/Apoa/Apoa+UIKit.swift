#if canImport(UIKit)
    import UIKit

    extension Apoa {
        /// Suspends the client whenever the app goes to the background, and resumes it in the foreground, as long as
        /// the client lives. Hand the tokens to `NotificationCenter.removeObserver` to end it earlier.
        @discardableResult
        public nonisolated func followAppState() -> [any NSObjectProtocol] {
            let center = NotificationCenter.default
            return [
                center.addObserver(
                    forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: .main
                ) { [weak self] _ in
                    Task { await self?.suspendInBackground() }
                },
                center.addObserver(
                    forName: UIApplication.willEnterForegroundNotification, object: nil, queue: .main
                ) { [weak self] _ in
                    Task { try? await self?.resume() }
                },
            ]
        }

        /// The system ends an app that holds a lock of a database while it is suspended: the time to let go of it is
        /// asked for.
        @MainActor
        private func suspendInBackground() async {
            let application = UIApplication.shared
            let time = application.beginBackgroundTask(withName: "apoa.suspend")
            try? await suspend()
            application.endBackgroundTask(time)
        }
    }
#endif
