import ApoaGenerated
import Foundation

/// A code in words.
public struct Explained: Sendable, Equatable {
    /// What happened.
    public let text: String
    /// What to do.
    public let remedy: String
}

/// The core's words for people, in Indonesian or English; the command line says the same. Texts leave room for
/// arguments: one that is not given shows as dots, since half a sentence is better than none.
///
/// ```swift
/// let explained = Catalogue().explain(error)
/// show(explained.text, explained.remedy)
/// ```
public struct Catalogue: Sendable {
    private let isIndonesian: Bool
    private let texts: [String: String]

    /// The catalogue for a reader of `locale`: Indonesian if that is its language, else English.
    public init(_ locale: Locale = .current) {
        let language = locale.language.languageCode?.identifier
        // Old identifiers write Indonesian "in".
        isIndonesian = language == "id" || language == "in"
        texts = catalogueTexts[isIndonesian ? "id" : "en"] ?? [:]
    }

    /// What a code means, such as `APOA-D701`, and what to do. A code that nobody knows stands for itself.
    public func explain(_ code: String, _ arguments: [String: String] = [:]) -> Explained {
        let key = code.hasPrefix("APOA-") ? String(code.dropFirst(5)) : code
        return Explained(text: text(key, arguments) ?? code, remedy: text("\(key).remedy", arguments) ?? "")
    }

    /// What went wrong, and what to do: the first problem of a draft, the code of any other error of the core.
    public func explain(_ failure: any Error) -> Explained {
        switch failure {
        case let error as DraftError: explain(try? error.code(), arguments(error))
        case let error as SyncError: explain(try? error.code())
        case let error as StoreError: explain(try? error.code())
        case let error as ScanError: explain(try? error.code())
        case let error as RosterError: explain(try? error.code(), arguments(error))
        case InputError.NotRead(let store): explain(store)
        default: explain(nil)
        }
    }

    /// What is wrong with a field of a draft, and what to do.
    public func explain(_ problem: FieldProblem) -> Explained {
        explain(problem.code, arguments(problem))
    }

    /// What is wrong with a row of a list, and what to do; `row` is its number.
    public func explain(_ problem: CellProblem, row: Int32) -> Explained {
        guard let code = problem.code else { return Explained(text: said("roster-hidden"), remedy: "") }
        if case .rule(let rule) = problem.fault, rule.code == code { return explain(rule) }
        var arguments = ["n": "\(row)", "value": problem.found]
        if case .repeats(let other) = problem.fault { arguments["other"] = "\(other)" }
        if let field = problem.field { arguments["field"] = said("field-\(field)") }
        if let expected = problem.expected { arguments["expected"] = text(expected) }
        return explain(code, arguments)
    }

    /// What should stand in a cell of a list.
    public func text(_ expected: Expected) -> String {
        switch expected {
        case .day: said("expect-date")
        case .dayOrYear: said("expect-birth")
        case .moment: said("expect-instant")
        case .country: said("expect-country")
        case .number: said("expect-number")
        case .howMany: said("expect-count")
        case .line: said("expect-text")
        case .oneOf(let indonesian, let english):
            said("expect-words", ["a": (isIndonesian ? indonesian : english).joined(separator: ", ")])
        case .from(let day): said("expect-from", ["date": typed(day)])
        case .until(let day): said("expect-until", ["date": typed(day)])
        case .atMost(let characters): said("expect-length", ["n": "\(characters)"])
        case .another: said("expect-other")
        }
    }

    /// What would help the camera.
    public func text(_ hint: Hint) -> String {
        switch hint {
        case .cutOff(let side): said("hint-cut-off-\(side)")
        case .unreadable(let reason): text("hint-unreadable-\(reason)") ?? said("hint-unreadable")
        case .wrong(let kind): said("hint-wrong", ["kind": kind])
        case .aim: said("hint-aim")
        case .several: said("hint-several")
        case .farther: said("hint-farther")
        case .closer: said("hint-closer")
        case .dark: said("hint-dark")
        case .bright: said("hint-bright")
        case .glare: said("hint-glare")
        case .still: said("hint-still")
        case .focus: said("hint-focus")
        case .nowhere: said("hint-where")
        case .giveUp: said("hint-give-up")
        }
    }

    /// Why a verdict is what it is.
    public func text(_ reason: Reason) -> String {
        said("reason-\(Self.words(of: reason).joined(separator: "_").uppercased())")
    }

    /// What stands in the way of a change.
    public func text(_ why: Obstacle) -> String {
        said(why == .stillDraft ? "bar-draft" : "bar-\(Self.words(of: why).joined(separator: "-"))")
    }

    /// The name of a fact that a unit says about itself.
    public func text(_ field: ProfileField) -> String {
        said(field == .timeZone ? "profile-zone" : "profile-\(Self.words(of: field).joined(separator: "_"))")
    }

    /// What stands under a key in the core's `locales`, such as `field-room`; nothing if nothing does.
    public func text(_ key: String, _ arguments: [String: String] = [:]) -> String? {
        texts[key]?.replacing(/\{([^}]+)\}/) { arguments[String($0.1)] ?? "…" }
    }

    private func arguments(_ error: DraftError) -> [String: String] {
        switch error {
        case .Invalid(let problems): problems.first { !$0.notice }.map(arguments) ?? [:]
        case .UnknownField(let code, let nearest): ["code": code, "guess": nearest]
        case .BadValue(let field): ["field": text(field)]
        case .NotPossible(let why): ["state": text(why)]
        case .NoReport: ["state": said("bar-unknown")]
        case .PhotoRefused(.tooLarge(let mostBytes)): ["n": "\(mostBytes / 1000)"]
        case .PhotoRefused, .Duplicate, .NoUnit, .StoreFailed: [:]
        }
    }

    private func arguments(_ error: RosterError) -> [String: String] {
        switch error {
        case .ColumnsMissing(let fields): ["field": fields.map { said("field-\($0)") }.joined(separator: ", ")]
        case .TooLarge(let mostRows, let mostMb): ["n": "\(mostRows)", "mb": "\(mostMb)"]
        case .UnknownField(let code, let nearest): ["code": code, "guess": nearest]
        case .Unreadable, .BadInput, .NoUnit, .StoreFailed: [:]
        }
    }

    /// An ISO day as people type it: day, month, year.
    private func typed(_ day: String) -> String {
        day.split(separator: "-").reversed().joined(separator: "-")
    }

    private func arguments(_ problem: FieldProblem) -> [String: String] {
        let field = said("field-\(problem.field)")
        return switch problem.problem {
        case .before(let earliest): ["field": field, "relation": said("word-before"), "date": typed(earliest)]
        case .after(let latest): ["field": field, "relation": said("word-after"), "date": typed(latest)]
        case .tooLong(let most): ["field": field, "n": "\(most)"]
        case .foreign(let meant): ["code": problem.field, "guess": meant]
        case .notThere, .notADate, .characters, .longAgo: ["field": field]
        }
    }

    /// A code that an error could not tell is that of the unexpected.
    private func explain(_ code: String?, _ arguments: [String: String] = [:]) -> Explained {
        explain(code ?? "APOA-X901", arguments)
    }

    private func said(_ key: String, _ arguments: [String: String] = [:]) -> String {
        text(key, arguments) ?? key
    }

    /// The words that a case's name is made of: those of `needsCorrection` are `needs` and `correction`.
    private static func words(of value: some Any) -> [String] {
        "\(value)".map { $0.isUppercase ? " \($0.lowercased())" : "\($0)" }.joined().components(separatedBy: " ")
    }
}

/// An error of the core. It says what happened and what to do in the words of `Catalogue()`, the device's language.
public protocol ExplainedError: LocalizedError {}

extension ExplainedError {
    /// What happened.
    public var errorDescription: String? { Catalogue().explain(self).text }
    /// What to do.
    public var recoverySuggestion: String? { Catalogue().explain(self).remedy }
}

extension StoreError: ExplainedError {}
extension DraftError: ExplainedError {}
extension SyncError: ExplainedError {}
extension ScanError: ExplainedError {}
extension InputError: ExplainedError {}
extension RosterError: ExplainedError {}
