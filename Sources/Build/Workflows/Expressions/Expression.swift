/// An expression as a tree, with the byte ranges that messages point at.
package indirect enum Expression: Sendable {
    case literal(ExpressionValue)
    /// `github`, `env`, …
    case context(String)
    /// `base[key]` and `base.key`
    case index(Expression, key: Expression)
    /// `base.*` and `base[*]`
    case wildcard(Expression)
    case call(ExpressionFunction, [Expression], Range<Int>)
    case not(Expression)
    case compare(Comparison, Expression, Expression)
    /// The first operand that is falsy, or the last one.
    case and([Expression])
    /// The first operand that is truthy, or the last one.
    case or([Expression])

    /// A comparison operator.
    package enum Comparison: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// Height of the tree; a leaf has 1.
    var depth: Int {
        switch self {
        case .literal, .context: 1
        case .index(let base, let key): 1 + max(base.depth, key.depth)
        case .wildcard(let base): 1 + base.depth
        case .call(_, let arguments, _): 1 + (arguments.map(\.depth).max() ?? 0)
        case .not(let operand): 1 + operand.depth
        case .compare(_, let left, let right): 1 + max(left.depth, right.depth)
        case .and(let operands), .or(let operands): 1 + (operands.map(\.depth).max() ?? 0)
        }
    }

    /// Every function that is called anywhere in the tree.
    var functions: Set<ExpressionFunction> {
        switch self {
        case .literal, .context: []
        case .index(let base, let key): base.functions.union(key.functions)
        case .wildcard(let base): base.functions
        case .call(let function, let arguments, _): arguments.reduce(into: [function]) { $0.formUnion($1.functions) }
        case .not(let operand): operand.functions
        case .compare(_, let left, let right): left.functions.union(right.functions)
        case .and(let operands), .or(let operands): operands.reduce(into: []) { $0.formUnion($1.functions) }
        }
    }
}

/// A function of the language. https://docs.github.com/en/actions/reference/evaluate-expressions-in-workflows-and-actions
package enum ExpressionFunction: String, Sendable, CaseIterable {
    case contains, startsWith, endsWith, format, join, toJSON, fromJSON, `case`, hashFiles
    case success, failure, always, cancelled

    /// Asks about the job so far; only conditions may call it.
    package var isStatus: Bool {
        switch self {
        case .success, .failure, .always, .cancelled: true
        default: false
        }
    }

    /// How many arguments it takes.
    package var arity: ClosedRange<Int> {
        switch self {
        case .contains, .startsWith, .endsWith: 2...2
        case .format, .hashFiles: 1...255
        case .join: 1...2
        case .toJSON, .fromJSON: 1...1
        case .case: 3...255
        case .success, .failure: 0...255
        case .always, .cancelled: 0...0
        }
    }

    /// Names are found whatever their case.
    static func named(_ name: String) -> ExpressionFunction? {
        let name = name.lowercased()
        return allCases.first { $0.rawValue.lowercased() == name }
    }
}

/// What an expression may name at the place where it stands.
package struct ExpressionScope: Sendable {
    package var contexts: Set<String>
    package var allowsStatus: Bool
    package var allowsHashFiles: Bool

    package init(_ contexts: Set<String>, allowsStatus: Bool = false, allowsHashFiles: Bool = false) {
        self.contexts = Set(contexts.map { $0.lowercased() })
        self.allowsStatus = allowsStatus
        self.allowsHashFiles = allowsHashFiles
    }

    func allows(_ function: ExpressionFunction) -> Bool {
        if function.isStatus { return allowsStatus }
        return function == .hashFiles ? allowsHashFiles : true
    }
}
