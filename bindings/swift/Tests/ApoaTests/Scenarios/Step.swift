import Foundation
import Testing

/// A value of a scenario's file.
enum Value: Decodable, Equatable {
    case text(String)
    case number(Int64)
    case truth(Bool)
    case list([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Int64.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(Day.filledIn(text))
        } else if let list = try? container.decode([Value].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: Value].self))
        }
    }
}

/// Days as the scenarios count them.
enum Day {
    /// `@today`, `@today+3` or `@today-1` as that day, where lodgings are by default; any other text as it is.
    static func filledIn(_ text: String) -> String {
        guard text.hasPrefix("@today") else { return text }
        let calendar = DateFormatter()
        calendar.locale = Locale(identifier: "en_US_POSIX")
        calendar.timeZone = TimeZone(identifier: "Asia/Jakarta")
        calendar.dateFormat = "yyyy-MM-dd"
        let days = TimeInterval(text.dropFirst("@today".count)) ?? 0
        return calendar.string(from: Date(timeIntervalSinceNow: days * 24 * 60 * 60))
    }
}

/// One step of a scenario. Each of its keys is taken once; what nobody took fails the scenario, so that no expectation
/// is passed over.
final class Step: CustomStringConvertible {
    let description: String
    private var left: [String: Value]

    init(_ keys: [String: Value]) {
        description = keys.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        left = keys
    }

    func take(_ key: String) -> Value? {
        left.removeValue(forKey: key)
    }

    func text(_ key: String) throws -> String {
        guard let text = try optionalText(key) else { throw Missing("\(key) in \(self)") }
        return text
    }

    func optionalText(_ key: String) throws -> String? {
        guard let value = take(key) else { return nil }
        guard case .text(let text) = value else { throw Missing("a text for \(key) in \(self)") }
        return text
    }

    func number(_ key: String) throws -> Int64? {
        guard let value = take(key) else { return nil }
        guard case .number(let number) = value else { throw Missing("a number for \(key) in \(self)") }
        return number
    }

    func truth(_ key: String) throws -> Bool? {
        guard let value = take(key) else { return nil }
        guard case .truth(let truth) = value else { throw Missing("true or false for \(key) in \(self)") }
        return truth
    }

    /// Texts by name; none if the key is not there.
    func texts(_ key: String) throws -> [String: String] {
        guard let value = take(key) else { return [:] }
        guard case .object(let object) = value else { throw Missing("an object for \(key) in \(self)") }
        return try object.mapValues { value in
            guard case .text(let text) = value else { throw Missing("texts for \(key) in \(self)") }
            return text
        }
    }

    /// A list's values; none if the key is not there.
    func list(_ key: String) throws -> [Value] {
        guard let value = take(key) else { return [] }
        guard case .list(let list) = value else { throw Missing("a list for \(key) in \(self)") }
        return list
    }

    /// What is left, each a number: the expected counts.
    func numbers() throws -> [String: Int64] {
        try left.keys.reduce(into: [:]) { numbers, key in numbers[key] = try number(key) }
    }

    /// Fails if something of the step was not understood.
    func end() throws {
        guard left.isEmpty else { throw Missing("no meaning for \(left.keys.sorted()) in \(self)") }
    }
}

/// A file of `tests/scenarios`.
struct Scenario: Decodable, CustomTestStringConvertible {
    let title: String
    /// No server, one, or one with these faults.
    let faults: [String]?
    let steps: [[String: Value]]
    /// Lists of people by name: rows of cells.
    let lists: [String: [[String]]]

    var testDescription: String { title }

    private enum CodingKeys: CodingKey {
        case title, server, steps, lists
    }

    init(from decoder: any Decoder) throws {
        let file = try decoder.container(keyedBy: CodingKeys.self)
        title = try file.decode(String.self, forKey: .title)
        steps = try file.decode([[String: Value]].self, forKey: .steps)
        let lists = try file.decodeIfPresent([String: [[String]]].self, forKey: .lists) ?? [:]
        self.lists = lists.mapValues { rows in rows.map { row in row.map(Day.filledIn) } }
        if let wanted = try? file.decode(Bool.self, forKey: .server) {
            faults = wanted ? [] : nil
        } else {
            faults = try file.decode([String].self, forKey: .server)
        }
    }

    /// Every file but the drafts, by name.
    static func all() throws -> [Scenario] {
        try FileManager.default.contentsOfDirectory(at: Places.scenarios, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" && $0.lastPathComponent != "drafts.json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { try JSONDecoder().decode(Scenario.self, from: Data(contentsOf: $0)) }
    }

    /// The drafts by name: kind and facts.
    static func drafts() throws -> [String: [String: Value]] {
        let file = try Data(contentsOf: Places.scenarios.appendingPathComponent("drafts.json"))
        return try JSONDecoder().decode([String: [String: Value]].self, from: file)
    }
}
