import Foundation
import PromQL

/// One expression with the expected answer.
struct Case {
    enum Time {
        case instant(Int64)
        case range(from: Int64, to: Int64, step: Int64)
    }

    enum Expectation {
        case fail(Text?)
        case warn(Text?)
        case info(Text?)
        case noWarn
        case noInfo
        case ordered
        case string(String)
        case rangeVector(from: Int64, to: Int64, step: Int64)
    }

    enum Text {
        case exactly(String)
        case matching(String)

        func accepts(_ text: String) -> Bool {
            switch self {
            case .exactly(let wanted): text == wanted
            case .matching(let pattern): text.range(of: pattern, options: .regularExpression) != nil
            }
        }
    }

    let line: Int
    let expression: String
    let time: Time
    var expectations: [Expectation] = []
    private(set) var series: [(labels: LabelSet, values: [Double?])] = []
    private(set) var scalar: Double?
    private(set) var mentionsNative = false

    init?(_ head: String, _ block: [String], _ line: Int) {
        self.line = line
        var words = head.split(separator: " ", omittingEmptySubsequences: true)[...]
        guard let command = words.popFirst(), let kind = words.popFirst() else { return nil }
        func duration(_ word: Substring) -> Int64? {
            let negative = word.hasPrefix("-")
            let text = String(negative ? word.dropFirst() : word)
            let value = DurationText.milliseconds(text) ?? Double(text).map { Int64($0 * 1000) }
            return value.map { negative ? -$0 : $0 }
        }
        if kind == "instant", words.popFirst() == "at", let at = words.popFirst().flatMap(duration) {
            time = .instant(at)
        } else if kind == "range", words.count > 6, words.popFirst() == "from",
            let from = words.popFirst().flatMap(duration),
            words.popFirst() == "to", let to = words.popFirst().flatMap(duration), words.popFirst() == "step",
            let step = words.popFirst().flatMap(duration)
        {
            time = .range(from: from, to: to, step: step)
        } else {
            return nil
        }
        guard let first = words.first else { return nil }
        expression = String(head[first.startIndex...])
        switch command {
        case "eval_fail": expectations = [.fail(nil)]
        case "eval_warn": expectations = [.warn(nil)]
        case "eval_info": expectations = [.info(nil)]
        case "eval_ordered": expectations = [.ordered]
        case "eval": break
        default: return nil
        }
        for line in block where !read(line, duration) { return nil }
    }

    private mutating func read(_ line: String, _ duration: (Substring) -> Int64?) -> Bool {
        if line.contains("{{") { mentionsNative = true }
        if line.hasPrefix("expected_fail_message ") {
            expectations = [.fail(.exactly(String(line.dropFirst("expected_fail_message ".count))))]
            return true
        }
        if line.hasPrefix("expected_fail_regexp ") {
            expectations = [.fail(.matching(String(line.dropFirst("expected_fail_regexp ".count))))]
            return true
        }
        if line.hasPrefix("expect ") { return expect(String(line.dropFirst("expect ".count)), duration) }
        if let value = NumberText.parse(line) {
            scalar = value
            return true
        }
        guard let (labels, rest) = SeriesText.split(line) else { return false }
        series.append((labels, SeriesText.values(rest)))
        return true
    }

    private mutating func expect(_ text: String, _ duration: (Substring) -> Int64?) -> Bool {
        let word = text.prefix { $0 != " " }
        let rest = text.dropFirst(word.count).trimmingCharacters(in: .whitespaces)
        var wanted: Text?
        if rest.hasPrefix("msg:") { wanted = .exactly(rest.dropFirst(4).trimmingCharacters(in: .whitespaces)) }
        if rest.hasPrefix("regex:") { wanted = .matching(rest.dropFirst(6).trimmingCharacters(in: .whitespaces)) }
        switch word {
        case "fail": expectations.append(.fail(wanted))
        case "warn": expectations.append(.warn(wanted))
        case "info": expectations.append(.info(wanted))
        case "no_warn": expectations.append(.noWarn)
        case "no_info": expectations.append(.noInfo)
        case "ordered": expectations.append(.ordered)
        case "string": expectations.append(.string(String(rest.dropFirst().dropLast())))
        case "range":
            let words = rest.split(separator: " ")
            guard words.count == 7, let from = duration(words[2]), let to = duration(words[4]),
                let step = duration(words[6])
            else { return false }
            expectations.append(.rangeVector(from: from, to: to, step: step))
        default: return false
        }
        return true
    }
}
