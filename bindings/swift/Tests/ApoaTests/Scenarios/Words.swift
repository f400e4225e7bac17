import Apoa

/// The words of the contract and the command line for the bridge's enums.
enum Words {
    static let reportKinds: [String: ReportKind] = [
        "lodging.check_in": .lodgingCheckIn, "worker.start": .workerStart, "individual": .individual,
        "refusal": .refusal,
    ]
    static let followUps: [String: FollowUpKind] = [
        "extend": .extend, "check_out": .checkOut, "change": .change, "end": .end,
    ]

    /// The word of a case without values: `needsCorrection` is `needs_correction`.
    static func word(_ value: some Any) -> String {
        switch "\(value)" {
        case "unproved": "none"
        case "drafted": "draft"
        case let name where value is Work && name == "nothing": "idle"
        case let name: name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
        }
    }

    /// An error as the scenarios name it: `Enum.Variant`.
    static func name(of error: any Error) -> String {
        if error is UseAfterClose { return "closed" }
        let variant = Mirror(reflecting: error).children.first?.label ?? "\(error)"
        return "\(type(of: error)).\(variant)"
    }
}
