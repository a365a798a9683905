import Foundation
import PromQL

/// A file of cases: text in which series are loaded and expressions evaluated, with the expected answers.
struct CaseFile {
    enum Step {
        case clear
        case load([LoadedSeries])
        case evaluate(Case)
    }

    struct LoadedSeries {
        let labels: LabelSet
        /// Values one step apart, nil where there is none. Native histograms are left out.
        let values: [Double?]
        let step: Int64
        let isNative: Bool
    }

    /// The places where the file says something that this reader does not know.
    private(set) var unreadable: [String] = []
    private(set) var steps: [Step] = []

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        var index = 0
        while index < lines.count {
            let line = lines[index]
            let number = index + 1
            index += 1
            if line.isEmpty || line.hasPrefix("#") { continue }
            var block: [String] = []
            if line.hasPrefix("load") || line.hasPrefix("eval") {
                while index < lines.count, !lines[index].isEmpty {
                    if !lines[index].hasPrefix("#") { block.append(lines[index]) }
                    index += 1
                }
            }
            if line == "clear" {
                steps.append(.clear)
            } else if line.hasPrefix("load") {
                let words = line.split(separator: " ")
                let step = DurationText.milliseconds(String(words[1])) ?? 0
                steps.append(
                    .load(block.compactMap { Self.series($0, step, nativeToo: words[0] != "load") }.flatMap { $0 }))
            } else if let one = Case(line, block, number) {
                steps.append(.evaluate(one))
            } else {
                unreadable.append("\(number): \(line)")
            }
        }
    }

    /// `metric{label="value"} 0+1x10 _ stale`
    private static func series(_ line: String, _ step: Int64, nativeToo: Bool) -> [LoadedSeries]? {
        guard let (labels, rest) = SeriesText.split(line) else { return nil }
        let isNative = rest.contains("{{") || line.hasPrefix("@")
        var all = [LoadedSeries(labels: labels, values: SeriesText.values(rest), step: step, isNative: isNative)]
        if nativeToo, labels["le"] != nil, labels.metricName.hasSuffix("_bucket") {
            let name = String(labels.metricName.dropLast("_bucket".count))
            all.append(
                LoadedSeries(labels: LabelSet([("__name__", name)]), values: [], step: step, isNative: true))
        }
        return all
    }
}

/// Reads `metric{label="value"} values`.
enum SeriesText {
    static func split(_ line: String) -> (LabelSet, String)? {
        var end = line.startIndex
        if let brace = line.firstIndex(of: "{"),
            !line[..<brace].contains(" ") || line[..<brace].allSatisfy({ $0 != " " }),
            !line[brace...].hasPrefix("{{")
        {
            var quoted = false
            end = brace
            while end < line.endIndex, quoted || line[end] != "}" {
                if line[end] == "\"" { quoted.toggle() }
                end = line.index(after: end)
            }
            guard end < line.endIndex else { return nil }
            end = line.index(after: end)
        } else {
            end = line.firstIndex { $0 == " " || $0 == "\t" } ?? line.endIndex
        }
        guard let labels = labels(String(line[..<end])) else { return nil }
        return (labels, String(line[end...]).trimmingCharacters(in: .whitespaces))
    }

    static func labels(_ text: String) -> LabelSet? {
        if text == "{}" { return .empty }
        guard let matchers = try? Query.selector(text.replacingOccurrences(of: "{}", with: "")) else { return nil }
        return LabelSet(matchers.map { ($0.name, $0.value) })
    }

    /// Expands `a+bxN`, `axN`, `_`, `_xN`, `stale`; native histograms become gaps.
    static func values(_ text: String) -> [Double?] {
        var result: [Double?] = []
        var rest = text[...]
        while let first = rest.first {
            if first == " " || first == "\t" {
                rest = rest.dropFirst()
            } else if first == "{" {
                let end = rest.range(of: "}}")?.upperBound ?? rest.endIndex
                rest = rest[end...]
                let tail = rest.prefix { $0 != " " && $0 != "\t" }
                if tail.hasPrefix("+{{") || tail.hasPrefix("-{{") { rest = rest.dropFirst(); continue }
                let count = tail.hasPrefix("x") ? (Int(tail.dropFirst()) ?? 0) + 1 : 1
                result += Array(repeating: nil, count: count)
                rest = rest.dropFirst(tail.count)
            } else {
                let word = rest.prefix { $0 != " " && $0 != "\t" }
                rest = rest.dropFirst(word.count)
                result += expand(String(word))
            }
        }
        return result
    }

    private static func expand(_ word: String) -> [Double?] {
        if word == "_" { return [nil] }
        if word == "stale" { return [.staleMarker] }
        guard let cross = word.lastIndex(of: "x"), let count = Int(word[word.index(after: cross)...]) else {
            return [NumberText.parse(word)]
        }
        let head = String(word[..<cross])
        if head == "_" { return Array(repeating: nil, count: count) }
        if head == "stale" { return Array(repeating: .staleMarker, count: count + 1) }
        var start = NumberText.parse(head)
        var increment = 0.0
        if start == nil {
            for index in head.indices.dropFirst().reversed() where head[index] == "+" || head[index] == "-" {
                if let left = NumberText.parse(String(head[..<index])),
                    let right = NumberText.parse(String(head[index...]))
                {
                    (start, increment) = (left, right)
                    break
                }
            }
        }
        guard let start else { return [] }
        var value = start
        return (0...count).map { _ in
            defer { value += increment }
            return value
        }
    }
}
