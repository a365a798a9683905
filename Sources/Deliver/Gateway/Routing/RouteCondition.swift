/// What a request must be like for a rule (HTTPRouteMatch), with what decides its place among the others.
struct RouteCondition: Sendable, Equatable {
    var path: PathCondition
    var method: [UInt8]?
    var headers: [NamedValue] = []
    var query: [NamedValue] = []
    /// Index into the table's rules.
    var rule: Int
    /// Age, name and place of the route, for conditions that are equally specific.
    var order: Order

    /// A header (its name in lower case) or a query parameter, with the value it must have.
    struct NamedValue: Sendable, Equatable {
        var name: [UInt8]
        var value: [UInt8]
    }

    struct Order: Sendable, Equatable {
        var created: String
        var route: String
        var rule: Int
        var match: Int
    }

    /// Whether this one is tried before `other`: the order of the Gateway API.
    ///
    /// https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
    func precedes(_ other: RouteCondition) -> Bool {
        if path.rank != other.path.rank { return path.rank > other.path.rank }
        if path.length != other.path.length { return path.length > other.path.length }
        if (method == nil) != (other.method == nil) { return method != nil }
        if headers.count != other.headers.count { return headers.count > other.headers.count }
        if query.count != other.query.count { return query.count > other.query.count }
        if order.created != other.order.created { return order.created < other.order.created }
        if order.route != other.order.route { return order.route < other.order.route }
        return (order.rule, order.match) < (other.order.rule, other.order.match)
    }
}

/// HTTPPathMatch.
enum PathCondition: Sendable, Equatable {
    case exact([UInt8])
    /// By whole elements; without a trailing slash, so that the root is empty.
    case prefix([UInt8])

    var rank: Int { if case .exact = self { 1 } else { 0 } }

    var length: Int {
        switch self {
        case .exact(let bytes), .prefix(let bytes): bytes.count
        }
    }

    func matches(_ bytes: UnsafeRawBufferPointer, _ path: ByteRange) -> Bool {
        switch self {
        case .exact(let expected): return bytes.equals(path, expected)
        case .prefix(let expected):
            guard path.count >= expected.count,
                bytes.equals(ByteRange(start: path.start, end: path.start + expected.count), expected)
            else { return false }
            return path.count == expected.count || bytes[path.start + expected.count] == 0x2F
        }
    }
}
