/// A line by which a step talks to the runner: `::error file=app.swift,line=3::message`.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
package struct WorkflowCommand: Sendable, Equatable {
    package let name: String
    package let properties: [String: String]
    package let message: String

    package init(_ name: String, _ properties: [String: String] = [:], _ message: String = "") {
        self.name = name
        self.properties = properties
        self.message = message
    }

    /// The command in a line of output, if it is one.
    package init?(parsing line: String) {
        let trimmed = line.drop { $0 == " " || $0 == "\t" }
        if trimmed.hasPrefix("##["), let close = trimmed.firstIndex(of: "]") {
            let head = trimmed[trimmed.index(trimmed.startIndex, offsetBy: 3)..<close]
            self.init(head: head, message: trimmed[trimmed.index(after: close)...])
            return
        }
        guard trimmed.hasPrefix("::"), let range = trimmed.dropFirst(2).firstRange(of: "::") else { return nil }
        self.init(head: trimmed.dropFirst(2)[..<range.lowerBound], message: trimmed[range.upperBound...])
    }

    private init?(head: Substring, message: Substring) {
        let parts = head.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, name.utf8.allSatisfy({ $0.isCommandByte }) else { return nil }
        var properties: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: ",") ?? [] {
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { continue }
            properties[sides[0].trimmingSpaces.lowercased()] = Self.unescape(sides[1].trimmingSpaces, isProperty: true)
        }
        self.init(name.lowercased(), properties, Self.unescape(String(message), isProperty: false))
    }

    private static func unescape(_ text: String, isProperty: Bool) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var out = text.replacing("%0D", with: "\r").replacing("%0A", with: "\n")
        if isProperty { out = out.replacing("%3A", with: ":").replacing("%2C", with: ",") }
        return out.replacing("%25", with: "%")
    }
}

extension UInt8 {
    fileprivate var isCommandByte: Bool {
        (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A || self == UInt8(ascii: "-") || (self >= 0x30 && self <= 0x39)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
