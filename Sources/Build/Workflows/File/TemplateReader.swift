import Problems
import Syntax

/// Turns scalars of a workflow file into templates, and reports at the right place what isn't an expression.
struct TemplateReader {
    let source: SourceText
    let report: (Diagnostic) -> Void

    /// The template of a scalar.
    func template(_ scalar: YAMLScalar, _ scope: ExpressionScope) -> Template {
        let text = scalar.text
        guard text.contains("${{") else {
            return Template([.literal(Self.literal(scalar))], at: scalar.location)
        }
        let bytes = Array(text.utf8)
        var segments: [Template.Segment] = []
        var position = 0
        while position < bytes.count {
            guard let open = Self.find("${{", in: bytes, from: position) else { break }
            if open > position { segments.append(Self.text(bytes[position..<open])) }
            guard let close = Self.closing(bytes, from: open + 3) else {
                let location = place(of: open..<open + 3, in: scalar)
                report(
                    Diagnostic(
                        "workflows.expression.not-closed", "\"${{\" is not followed by \"}}\"", at: location,
                        remedy: "Close the expression."))
                return Template([], at: scalar.location)
            }
            if let expression = expression(bytes, (open + 3)..<close, in: scalar, scope) {
                segments.append(.expression(expression))
            }
            position = close + 2
        }
        if position < bytes.count { segments.append(Self.text(bytes[position...])) }
        return Template(segments, at: scalar.location)
    }

    /// The condition of an `if`, which is an expression even without `${{ }}`.
    func condition(_ scalar: YAMLScalar, _ scope: ExpressionScope) -> RunCondition {
        if scalar.text.contains("${{") { return RunCondition(template(scalar, scope)) }
        let bytes = Array(scalar.text.utf8)
        if bytes.allSatisfy(\.isASCIISpace) { return .onSuccess }
        guard let expression = expression(bytes, bytes.indices, in: scalar, scope) else { return .onSuccess }
        return RunCondition(Template([.expression(expression)], at: scalar.location))
    }

    /// The templates of everything below a node.
    func tree(_ node: YAMLNode, _ scope: ExpressionScope) -> TemplateNode {
        switch node {
        case .null(let location): .scalar(Template([.literal(.null)], at: location))
        case .scalar(let scalar): .scalar(template(scalar, scope))
        case .sequence(let items, let location): .sequence(items.map { tree($0, scope) }, location)
        case .mapping(let entries, let location):
            .mapping(entries.map { (key: $0.key.text, value: tree($0.value, scope)) }, location)
        }
    }

    private func expression(
        _ bytes: [UInt8], _ range: Range<Int>, in scalar: YAMLScalar, _ scope: ExpressionScope
    ) -> TemplateExpression? {
        let start = bytes[range].firstIndex { !$0.isASCIISpace } ?? range.upperBound
        let end = (bytes[range].lastIndex { !$0.isASCIISpace } ?? start - 1) + 1
        let text = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
        guard !text.isEmpty else {
            report(
                Diagnostic(
                    "workflows.expression.empty", "an expression is expected between \"${{\" and \"}}\"",
                    at: place(of: range, in: scalar)))
            return nil
        }
        do throws(ExpressionProblem) {
            let tree = try ExpressionParser.parse(text, scope: scope)
            return TemplateExpression(tree: tree, text: text, location: place(of: start..<end, in: scalar))
        } catch {
            let blamed = (start + error.range.lowerBound)..<(start + error.range.upperBound)
            report(Diagnostic(error.code, error.summary, at: place(of: blamed, in: scalar), remedy: error.remedy))
            return nil
        }
    }

    /// Finds a piece of a scalar in the file. A block or folded scalar is searched from its first line on.
    private func place(of range: Range<Int>, in scalar: YAMLScalar) -> ProblemLocation {
        let bytes = Array(scalar.text.utf8)
        let range = range.clamped(to: 0..<bytes.count)
        let newline = UInt8(ascii: "\n")
        let lineStart = (bytes[..<range.lowerBound].lastIndex(of: newline) ?? -1) + 1
        let lineEnd = bytes[range.lowerBound...].firstIndex(of: newline) ?? bytes.count
        let width = max(1, String(decoding: bytes[range], as: UTF8.self).prefix { $0 != "\n" }.count)
        let piece = bytes[lineStart..<lineEnd]
        let lines = source.utf8.split(separator: newline, omittingEmptySubsequences: false)
        for number in max(0, scalar.location.line - 1)..<max(scalar.location.line, lines.count)
        where number < lines.count {
            let line = Array(lines[number])
            let from = number == scalar.location.line - 1 ? max(0, scalar.location.column - 1) : 0
            guard let found = Self.find(Array(piece), in: line, from: from) else { continue }
            let before = String(decoding: line[..<(found + range.lowerBound - lineStart)], as: UTF8.self).count
            return source.location(line: number + 1, column: before + 1, width: width)
        }
        return scalar.location
    }

    /// A literal keeps the type that YAML gives it.
    static func literal(_ scalar: YAMLScalar) -> ExpressionValue {
        switch scalar.value {
        case .string(let text): .string(text)
        case .bool(let flag): .bool(flag)
        case .int(let number): .number(Double(number))
        case .float(let number): .number(number)
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> Template.Segment {
        .literal(.string(String(decoding: bytes, as: UTF8.self)))
    }

    /// The `}}` that ends an expression; braces inside a string don't count.
    private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
        var isInString = false
        var index = start
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "'") { isInString.toggle() }
            if !isInString, bytes[index] == UInt8(ascii: "}"), index + 1 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "}")
            {
                return index
            }
            index += 1
        }
        return nil
    }

    private static func find(_ needle: String, in bytes: [UInt8], from start: Int) -> Int? {
        find(Array(needle.utf8), in: bytes, from: start)
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard !needle.isEmpty, start + needle.count <= bytes.count else { return nil }
        return (start...(bytes.count - needle.count)).first {
            bytes[$0] == needle[0] && bytes[$0..<$0 + needle.count].elementsEqual(needle)
        }
    }
}
