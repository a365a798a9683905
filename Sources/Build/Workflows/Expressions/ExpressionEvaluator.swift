import Kube

/// Evaluates a tree with GitHub's rules of coercion.
package struct ExpressionEvaluator {
    private let expression: String
    private let context: any ExpressionContext
    private var memory = 0

    /// Strings that one expression makes may take this much, two bytes for each UTF-16 code unit.
    static let memoryLimit = 1 << 20

    /// The value of `tree`, which was parsed from `expression`.
    package static func evaluate(
        _ tree: Expression, of expression: String, in context: any ExpressionContext
    ) throws -> ExpressionValue {
        var evaluator = ExpressionEvaluator(expression: expression, context: context)
        return try evaluator.value(tree).collected
    }

    private init(expression: String, context: any ExpressionContext) {
        self.expression = expression
        self.context = context
    }

    /// A value on its way; `.*` makes a row of values that indexing goes through one by one.
    private enum Result {
        case single(ExpressionValue)
        case row([ExpressionValue])

        var collected: ExpressionValue {
            switch self {
            case .single(let value): value
            case .row(let items): .array(ExpressionArray(items))
            }
        }
    }

    private mutating func value(_ tree: Expression) throws -> Result {
        switch tree {
        case .literal(let value): return .single(value)
        case .context(let name): return .single(context.value(of: name) ?? .null)
        case .index(let base, let key): return index(try value(base), try value(key).collected)
        case .wildcard(let base):
            switch try value(base) {
            case .single(let value): return .row(Self.children(value))
            case .row(let items): return .row(items.flatMap(Self.children))
            }
        case .not(let operand): return .single(.bool(!(try value(operand).collected.isTruthy)))
        case .compare(let comparison, let left, let right):
            return .single(.bool(Self.compare(comparison, try value(left).collected, try value(right).collected)))
        case .and(let operands): return .single(try first(operands) { !$0.isTruthy })
        case .or(let operands): return .single(try first(operands) { $0.isTruthy })
        case .call(let function, let arguments, let range):
            let result = try call(function, arguments, range)
            if case .string(let text) = result { try account(text, range) }
            return .single(result)
        }
    }

    private mutating func first(
        _ operands: [Expression], where condition: (ExpressionValue) -> Bool
    ) throws -> ExpressionValue {
        var last = ExpressionValue.null
        for operand in operands {
            last = try value(operand).collected
            if condition(last) { break }
        }
        return last
    }

    private static func compare(_ comparison: Expression.Comparison, _ left: ExpressionValue, _ right: ExpressionValue)
        -> Bool
    {
        switch comparison {
        case .equal: left.isEqual(to: right)
        case .notEqual: !left.isEqual(to: right)
        case .greater: left.isGreater(than: right)
        case .greaterOrEqual: left.isGreater(than: right) || left.isEqual(to: right)
        case .less: right.isGreater(than: left)
        case .lessOrEqual: right.isGreater(than: left) || left.isEqual(to: right)
        }
    }

    private static func children(_ value: ExpressionValue) -> [ExpressionValue] {
        switch value {
        case .array(let array): array.items
        case .object(let object): object.members.map(\.value)
        default: []
        }
    }

    private func index(_ base: Result, _ key: ExpressionValue) -> Result {
        switch base {
        case .single(let value): .single(Self.element(of: value, key) ?? .null)
        case .row(let items): .row(items.compactMap { Self.element(of: $0, key) })
        }
    }

    private static func element(of value: ExpressionValue, _ key: ExpressionValue) -> ExpressionValue? {
        switch value {
        case .object(let object): return key.isPrimitive ? object[key.text] : nil
        case .array(let array):
            let number = key.number.rounded(.down)
            guard number >= 0, number < Double(array.items.count) else { return nil }
            return array.items[Int(number)]
        default: return nil
        }
    }

    private mutating func call(
        _ function: ExpressionFunction, _ arguments: [Expression], _ range: Range<Int>
    ) throws -> ExpressionValue {
        if function == .case { return try choose(arguments, range) }
        var values: [ExpressionValue] = []
        for argument in arguments { values.append(try value(argument).collected) }
        switch function {
        case .contains: return .bool(Self.contains(values[0], values[1]))
        case .startsWith: return .bool(Self.compareEnds(values) { $0.starts(with: $1) })
        case .endsWith: return .bool(Self.compareEnds(values) { $0.reversed().starts(with: $1.reversed()) })
        case .format: return .string(try format(values[0].text, values.dropFirst().map(\.text), range))
        case .join: return .string(Self.join(values[0], values.count > 1 ? values[1] : .string(",")))
        case .toJSON: return .string(ExpressionJSON.text(values[0]))
        case .fromJSON:
            do { return ExpressionValue(try JSON.parse(values[0].text)) } catch {
                throw problem("fromJSON got \(error.summary)", range)
            }
        case .hashFiles: return .string(try context.hashFiles(values.map(\.text)))
        case .success: return .bool(context.status == .success)
        case .failure: return .bool(context.status == .failure)
        case .cancelled: return .bool(context.status == .cancelled)
        case .always: return .bool(true)
        case .case: return .null
        }
    }

    /// Evaluates only as many of the arguments as the choice needs.
    private mutating func choose(_ arguments: [Expression], _ range: Range<Int>) throws -> ExpressionValue {
        var position = 0
        while position + 1 < arguments.count {
            guard case .bool(let holds) = try value(arguments[position]).collected else {
                throw problem("a condition of case is neither true nor false", range)
            }
            if holds { return try value(arguments[position + 1]).collected }
            position += 2
        }
        return try value(arguments[position]).collected
    }

    private static func contains(_ container: ExpressionValue, _ item: ExpressionValue) -> Bool {
        switch container {
        case .array(let array): array.items.contains { $0.isEqual(to: item) }
        case .object: false
        default: item.isPrimitive && CaseFolding.contains(container.text, item.text)
        }
    }

    private static func compareEnds(_ values: [ExpressionValue], _ test: ([UInt16], [UInt16]) -> Bool) -> Bool {
        guard values[0].isPrimitive, values[1].isPrimitive else { return false }
        return test(CaseFolding.fold(values[0].text), CaseFolding.fold(values[1].text))
    }

    private static func join(_ value: ExpressionValue, _ separator: ExpressionValue) -> String {
        switch value {
        case .array(let array): array.items.map(\.text).joined(separator: separator.isPrimitive ? separator.text : ",")
        case .object: ""
        default: value.text
        }
    }

    /// Replaces `{0}` and its siblings; `{{` and `}}` stand for one brace.
    private mutating func format(_ pattern: String, _ arguments: [String], _ range: Range<Int>) throws -> String {
        var out: [UInt8] = []
        let bytes = Array(pattern.utf8)
        var position = 0
        var length = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
                out.append(byte)
                position += 1
                continue
            }
            if position + 1 < bytes.count, bytes[position + 1] == byte {
                out.append(byte)
                position += 2
                continue
            }
            guard byte == UInt8(ascii: "{"), let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")),
                let number = Int(String(decoding: bytes[(position + 1)..<end], as: UTF8.self)), number >= 0
            else { throw problem("the format string is invalid: \(pattern)", range) }
            guard number < arguments.count else {
                throw problem("the format string asks for more arguments than it was given: \(pattern)", range)
            }
            length += arguments[number].utf8.count
            if length > Self.memoryLimit { throw tooLarge(range) }
            out.append(contentsOf: arguments[number].utf8)
            position = end + 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func account(_ text: String, _ range: Range<Int>) throws {
        memory += text.utf16.count * 2
        if memory > Self.memoryLimit { throw tooLarge(range) }
    }

    private func tooLarge(_ range: Range<Int>) -> ExpressionProblem {
        problem("the strings it makes need more than \(Self.memoryLimit >> 20) MiB of memory", range)
    }

    private func problem(_ message: String, _ range: Range<Int>) -> ExpressionProblem {
        ExpressionProblem(.evaluation, message, in: expression, at: range)
    }
}
