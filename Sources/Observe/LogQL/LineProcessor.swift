import Kube

/// Applies the stages of a query to lines.
package struct LineProcessor: Sendable {
    private let stages: [LogStage]

    package init(_ selection: LogSelection) {
        stages = selection.stages
    }

    /// The labels of a line that passes all stages: its stream's and those taken out of it; nil for one that doesn't.
    package func labels(of line: String, in stream: [String: String]) -> [String: String]? {
        var labels = stream
        for stage in stages {
            switch stage {
            case .contains(let text, let negated): if line.utf8Contains(text) == negated { return nil }
            case .matches(let pattern, let negated): if pattern.isFound(in: line) == negated { return nil }
            case .json: extractJSON(line, &labels, stream)
            case .logfmt: extractLogfmt(line, &labels, stream)
            case .label(let matcher): if !matcher.accepts(labels) { return nil }
            case .number(let name, let comparison, let value):
                guard let number = labels[name].flatMap({ Double($0) }), comparison.holds(number, value) else {
                    return nil
                }
            }
        }
        return labels
    }

    private func extractJSON(_ line: String, _ labels: inout [String: String], _ stream: [String: String]) {
        guard case .object(let members)? = try? JSON.parse(line) else {
            labels["__error__"] = "JSONParserErr"
            return
        }
        flatten(members, prefix: "", &labels, stream)
    }

    private func flatten(
        _ members: JSONObject, prefix: String, _ labels: inout [String: String], _ stream: [String: String]
    ) {
        for (key, value) in members {
            let name = prefix + Self.labelName(key)
            switch value {
            case .object(let inner): flatten(inner, prefix: name + "_", &labels, stream)
            case .string(let text): set(name, text, &labels, stream)
            case .int, .double, .bool: set(name, value.text, &labels, stream)
            case .null, .array: break
            }
        }
    }

    private func extractLogfmt(_ line: String, _ labels: inout [String: String], _ stream: [String: String]) {
        var rest = Array(line.utf8)[...]
        while let start = rest.firstIndex(where: { $0 != UInt8(ascii: " ") }) {
            rest = rest[start...]
            let key = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: " ") }
            rest = rest.dropFirst(key.count)
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest = rest.dropFirst()
            var value: [UInt8] = []
            if rest.first == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
                while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                    if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
                        value.append(next)
                    } else {
                        value.append(byte)
                    }
                }
            } else {
                value = Array(rest.prefix { $0 != UInt8(ascii: " ") })
                rest = rest.dropFirst(value.count)
            }
            set(
                Self.labelName(String(decoding: key, as: UTF8.self)), String(decoding: value, as: UTF8.self), &labels,
                stream)
        }
    }

    /// A label that the stream has already keeps its value; the extracted one gets a suffix, as in Loki.
    private func set(_ name: String, _ value: String, _ labels: inout [String: String], _ stream: [String: String]) {
        labels[stream[name] == nil ? name : name + "_extracted"] = value
    }

    /// Characters that labels can't have become underscores.
    static func labelName(_ key: String) -> String {
        let bytes = key.utf8.map { $0.isLabelByte ? $0 : UInt8(ascii: "_") }
        let name = String(decoding: bytes, as: UTF8.self)
        return bytes.first.map { (0x30...0x39).contains($0) } == true ? "_" + name : name
    }
}

extension UInt8 {
    fileprivate var isLabelByte: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
    }
}

extension String {
    /// A search over bytes, without regard to characters.
    fileprivate func utf8Contains(_ other: String) -> Bool {
        if other.isEmpty { return true }
        let needle = Array(other.utf8)
        return Array(utf8).withUnsafeBufferPointer { hay in
            guard hay.count >= needle.count else { return false }
            for start in 0...(hay.count - needle.count) where hay[start] == needle[0] {
                var index = 1
                while index < needle.count, hay[start + index] == needle[index] { index += 1 }
                if index == needle.count { return true }
            }
            return false
        }
    }
}
