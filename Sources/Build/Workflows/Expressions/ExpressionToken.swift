/// A word of the language with its place.
struct ExpressionToken: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case number(Double)
        case string(String)
        /// `null`, `true`, `false`, `NaN`, `Infinity` and every name, which the parser tells apart by their place.
        case word
        case dot, comma, star
        case openGroup, closeGroup, openIndex, closeIndex
        case not, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, and, or
    }

    let kind: Kind
    let text: String
    let range: Range<Int>

    /// Whether a value may end with this word, so that a point after it reaches into the value.
    var endsValue: Bool {
        switch kind {
        case .number, .string, .word, .star, .closeGroup, .closeIndex: true
        default: false
        }
    }
}
