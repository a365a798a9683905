import Problems

/// The inputs of an action, with their expressions evaluated.
struct ActionInputs {
    private let values: [String: String]

    init(_ map: TemplateMap, in context: any ExpressionContext) throws {
        values = Dictionary(
            try map.entries.map { ($0.name.lowercased(), try $0.value.text(in: context)) }, uniquingKeysWith: { $1 })
    }

    /// Nil where it is absent or empty.
    func text(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func lines(_ name: String) -> [String] {
        (text(name) ?? "").split(whereSeparator: \.isNewline).map { line in
            var line = line.drop { $0 == " " }
            while line.last == " " { line.removeLast() }
            return String(line)
        }.filter { !$0.isEmpty }
    }

    func flag(_ name: String) -> Bool { text(name)?.lowercased() == "true" }
}

/// Why a built-in action failed.
struct ActionProblem: Problem {
    let action: BuiltInAction
    let why: String
    var remedy: String?

    var code: String { "workflows.action.\(action.rawValue.dropFirst(8))" }
    var summary: String { "\(action.rawValue): \(why)" }
}
