import NIOCore

extension RoutingTable {
    /// The rule for a request: of the most specific host that has one for it.
    func lookup(_ head: RequestHead) -> (rule: Int, path: PathCondition)? {
        head.bytes.withUnsafeReadableBytes { bytes in
            if !exactHosts.isEmpty || !wildcardHosts.isEmpty {
                let host = head.host
                if let conditions = exactHosts[host], let found = Self.first(conditions, head, bytes) { return found }
                for wildcard in wildcardHosts
                where host.utf8.count > wildcard.suffix.utf8.count && host.hasSuffix(wildcard.suffix) {
                    if let found = Self.first(wildcard.conditions, head, bytes) { return found }
                }
            }
            return Self.first(anyHost, head, bytes)
        }
    }

    private static func first(
        _ conditions: [RouteCondition], _ head: RequestHead, _ bytes: UnsafeRawBufferPointer
    ) -> (rule: Int, path: PathCondition)? {
        for condition in conditions where holds(condition, head, bytes) { return (condition.rule, condition.path) }
        return nil
    }

    private static func holds(_ condition: RouteCondition, _ head: RequestHead, _ bytes: UnsafeRawBufferPointer) -> Bool
    {
        guard condition.path.matches(bytes, head.path) else { return false }
        if let method = condition.method, !bytes.equals(head.method, method) { return false }
        for wanted in condition.headers {
            // Only the first header of a name counts.
            guard let field = head.fields.first(where: { bytes.equals($0.name, ignoringCase: wanted.name) }),
                bytes.equals(field.value, wanted.value)
            else { return false }
        }
        return condition.query.allSatisfy { QueryParameters.value(of: $0.name, bytes, head.query) == $0.value }
    }
}

/// The parameters of a query (`a=1&b=2`), percent-decoded.
enum QueryParameters {
    /// The value of the first parameter of that name.
    static func value(of name: [UInt8], _ bytes: UnsafeRawBufferPointer, _ query: ByteRange) -> [UInt8]? {
        var index = query.start
        while index < query.end {
            var end = index
            while end < query.end, bytes[end] != 0x26 { end += 1 }
            var equals = index
            while equals < end, bytes[equals] != 0x3D { equals += 1 }
            if decoded(bytes, index, equals) == name { return decoded(bytes, min(equals + 1, end), end) }
            index = end + 1
        }
        return nil
    }

    private static func decoded(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> [UInt8] {
        var out: [UInt8] = []
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte == 0x25, index + 2 < end, let high = ASCII.hexValue(bytes[index + 1]),
                let low = ASCII.hexValue(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(byte == 0x2B ? 0x20 : byte)
                index += 1
            }
        }
        return out
    }
}
