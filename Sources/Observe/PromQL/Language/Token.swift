/// A piece of a query's text.
struct Token: Equatable {
    enum Kind: Equatable {
        case identifier
        /// An identifier with a colon.
        case metricIdentifier
        case keyword
        case aggregator
        case number
        case duration
        case string
        case symbol
        case end
    }

    var kind: Kind
    /// Keywords and word operators in lower case; strings as written, with their quotes.
    var text: String
    var span: Range<Int>

    /// How the token is named in an error.
    var described: String {
        switch kind {
        case .end: "end of input"
        case .identifier: "identifier " + Quoting.quote(shortened)
        case .metricIdentifier: "metric identifier " + Quoting.quote(shortened)
        case .number: "number " + Quoting.quote(shortened)
        case .duration: "duration " + Quoting.quote(shortened)
        case .string: "string " + Quoting.quote(shortened)
        case .aggregator: "<aggr:\(text)>"
        case .keyword: Self.operators.contains(text) ? "<op:\(text)>" : "<\(text)>"
        case .symbol: Self.operators.contains(text) ? "<op:\(text)>" : Quoting.quote(text)
        }
    }

    private var shortened: String { text.utf8.count > 10 ? String(text.prefix(10)) + "..." : text }

    static let operators: Set<String> = [
        "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "=~", "!~", "@", "and", "or", "unless", "atan2",
    ]
    static let keywords: Set<String> = [
        "and", "or", "unless", "atan2", "offset", "by", "without", "on", "ignoring", "group_left", "group_right",
        "bool",
        "start", "end", "step", "range", "anchored", "smoothed", "fill", "fill_left", "fill_right",
    ]
    static let aggregators: Set<String> = [
        "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile",
        "limitk", "limit_ratio",
    ]
}
