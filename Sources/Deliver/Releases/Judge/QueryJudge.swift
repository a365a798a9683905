/// Judges one query of the metrics by its bounds. One value beyond them is not enough: two looks in a row are.
package struct QueryJudge: Sendable, Hashable, Codable {
    package let rule: QueryRule
    private var last: Double?
    private var beyond = 0
    private var seen = 0

    package init(_ rule: QueryRule) { self.rule = rule }

    package mutating func beginStep() {
        seen = 0
        beyond = 0
        last = nil
    }

    /// `value`: nil or NaN where the query has no data.
    package mutating func add(_ value: Double?) {
        last = value.flatMap { $0.isNaN ? nil : $0 }
        guard let last else {
            beyond = 0
            return
        }
        seen += 1
        let isBeyond = rule.maximum.map { last > $0 } ?? false || rule.minimum.map { last < $0 } ?? false
        beyond = isBeyond ? beyond + 1 : 0
    }

    package func verdict() -> Verdict {
        guard let last else { return Verdict(.waiting, ["query: no data yet from \(rule.expression)"]) }
        let bounds = [
            rule.minimum.map { "min \(trimmed($0, decimals: 4))" },
            rule.maximum.map { "max \(trimmed($0, decimals: 4))" },
        ]
        .compactMap(\.self).joined(separator: ", ")
        let line = "query: \(trimmed(last, decimals: 4)) (\(bounds)) from \(rule.expression)"
        if beyond >= 2 { return Verdict(.fail, [line]) }
        return Verdict(beyond == 0 && seen > 0 ? .pass : .waiting, [line])
    }
}
