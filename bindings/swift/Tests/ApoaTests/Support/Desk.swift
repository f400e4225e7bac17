import Apoa
import Foundation

/// A server, and a phone that is signed in to it.
final class Desk {
    let folder: TemporaryFolder
    let server: Server
    let apoa: Apoa

    init(faults: [String] = []) async throws {
        folder = try TemporaryFolder()
        server = try Server(in: folder.url.appendingPathComponent("server"), faults: faults)
        apoa = try await Self.open(folder, server)
        try await apoa.signIn(.password(user: server.user, password: server.password))
    }

    /// Opens the phone again, once it was closed.
    func open() async throws -> Apoa {
        try await Self.open(folder, server)
    }

    private static func open(_ folder: TemporaryFolder, _ server: Server) async throws -> Apoa {
        try await Apoa.open(folder.url.appendingPathComponent("phone"), server: server.url, trust: server.trust)
    }
}

extension Draft {
    /// The specimen guest, who arrives today.
    static var guest: Draft {
        Draft(
            kind: .lodgingCheckIn,
            facts: [
                "source": "manual", "full_name": "ERIKSSON ANNA MARIA", "birth_date": "1974-08-12",
                "nationality": "UTO", "sex": "F", "passport_number": "L898902C3",
                "passport_expiry": Day.filledIn("@today+900"), "check_in": Day.filledIn("@today"),
                "nights": "3", "purpose": "holiday",
            ])
    }
}
