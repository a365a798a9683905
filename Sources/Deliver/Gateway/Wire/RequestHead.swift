import NIOCore

/// The head of a request, as offsets into its own bytes: nothing is copied until it is forwarded.
struct RequestHead {
    /// From the request line to the empty line.
    let bytes: ByteBuffer
    let method: ByteRange
    /// The request target as it is forwarded: path and query.
    let target: ByteRange
    let path: ByteRange
    let query: ByteRange
    let isVersion11: Bool
    private(set) var fields: [Field] = []
    /// Host with port, from the target where it is absolute, or else the Host header.
    private(set) var authority: ByteRange?
    /// Whether the authority comes from the target, and the Host header gives way to it.
    let isAbsolute: Bool
    private(set) var framing = BodyFraming.none
    private(set) var keepsAlive: Bool
    private(set) var upgrade: ByteRange?
    /// Names that the Connection header takes out of the message.
    private(set) var nominated: [ByteRange] = []
    private(set) var requestID: ByteRange?

    static let longestTarget = 16 * 1024

    init(_ bytes: ByteBuffer) throws(WireDefect) {
        self.bytes = bytes
        let line = try Self.line(bytes)
        method = line.method
        target = line.target
        path = line.path
        query = line.query
        isVersion11 = line.isVersion11
        isAbsolute = line.authority != nil
        authority = line.authority
        keepsAlive = line.isVersion11
        fields.reserveCapacity(16)
        try readFields(from: line.end)
    }

    func isMethod(_ name: StaticString) -> Bool {
        bytes.withUnsafeReadableBytes { all in
            guard method.count == name.utf8CodeUnitCount else { return false }
            for index in 0..<method.count where all[method.start + index] != name.utf8Start[index] { return false }
            return true
        }
    }

    /// Whether doing it twice does no more than doing it once (RFC 9110 §9.2.2).
    var isIdempotent: Bool {
        isMethod("GET") || isMethod("HEAD") || isMethod("PUT") || isMethod("DELETE") || isMethod("OPTIONS")
            || isMethod("TRACE")
    }

    func text(_ range: ByteRange) -> String {
        bytes.withUnsafeReadableBytes { String(decoding: $0[range], as: UTF8.self) }
    }

    /// The host without its port, in lower case.
    var host: String {
        guard let authority else { return "" }
        return bytes.withUnsafeReadableBytes { all in
            var end = authority.end
            if authority.start < end, all[authority.start] == 0x5B {
                while end > authority.start, all[end - 1] != 0x5D { end -= 1 }
            } else {
                var index = authority.start
                while index < end, all[index] != 0x3A { index += 1 }
                end = index
            }
            return String(unsafeUninitializedCapacity: end - authority.start) { out in
                for index in authority.start..<end { out[index - authority.start] = ASCII.lower(all[index]) }
                return end - authority.start
            }
        }
    }

    /// The port that the client addressed, where it named one.
    var port: Int? {
        guard let authority else { return nil }
        let text = text(authority)
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") else { return nil }
        return Int(text[text.index(after: colon)...])
    }

    // MARK: Reading

    private struct Line {
        var method = ByteRange.empty
        var target = ByteRange.empty
        var path = ByteRange.empty
        var query = ByteRange.empty
        var authority: ByteRange?
        var isVersion11 = false
        var end = 0
    }

    private static func line(_ buffer: ByteBuffer) throws(WireDefect) -> Line {
        var line = Line()
        var defect: WireDefect?
        buffer.withUnsafeReadableBytes { bytes in
            do throws(WireDefect) { line = try readLine(bytes) } catch { defect = error }
        }
        if let defect { throw defect }
        return line
    }

    private static func readLine(_ bytes: UnsafeRawBufferPointer) throws(WireDefect) -> Line {
        var line = Line()
        let end = HeadScanner.lineEnd(bytes, from: 0)
        var index = 0
        while index < end, ASCII.isToken(bytes[index]) { index += 1 }
        guard index > 0, index < end, bytes[index] == 0x20 else { throw .startLine }
        line.method = ByteRange(start: 0, end: index)
        index += 1
        let targetStart = index
        while index < end, bytes[index] > 0x20, bytes[index] < 0x7F { index += 1 }
        let target = ByteRange(start: targetStart, end: index)
        guard !target.isEmpty, index + 9 == end, bytes[index] == 0x20 else { throw .startLine }
        guard target.count <= longestTarget else { throw .targetTooLong }
        guard bytes.equals(ByteRange(start: index + 1, end: end - 1), ignoringCase: "http/1.") else { throw .version }
        switch bytes[end - 1] {
        case 0x31: line.isVersion11 = true
        case 0x30: line.isVersion11 = false
        default: throw .version
        }
        line.end = end + 2
        try readTarget(bytes, target, &line)
        return line
    }

    private static func readTarget(
        _ bytes: UnsafeRawBufferPointer, _ target: ByteRange, _ line: inout Line
    ) throws(WireDefect) {
        var pathStart = target.start
        if bytes[pathStart] != 0x2F {
            let isAsterisk = target.count == 1 && bytes[pathStart] == 0x2A
            if isAsterisk {
                guard bytes.equals(line.method, Array("OPTIONS".utf8)) else { throw .target }
            } else {
                let scheme = ByteRange(start: target.start, end: min(target.start + 7, target.end))
                guard bytes.equals(scheme, ignoringCase: "http://") else { throw .target }
                let start = scheme.end
                pathStart = start
                while pathStart < target.end, bytes[pathStart] != 0x2F, bytes[pathStart] != 0x3F { pathStart += 1 }
                guard pathStart > start else { throw .host }
                line.authority = ByteRange(start: start, end: pathStart)
            }
        }
        line.target = ByteRange(start: pathStart, end: target.end)
        var index = pathStart
        while index < target.end, bytes[index] != 0x3F {
            if bytes[index] == 0x23 { throw .target }
            index += 1
        }
        line.path = ByteRange(start: pathStart, end: index)
        line.query = ByteRange(start: min(index + 1, target.end), end: target.end)
    }

    private mutating func readFields(from start: Int) throws(WireDefect) {
        let buffer = bytes
        var defect: WireDefect?
        buffer.withUnsafeReadableBytes { all in
            do throws(WireDefect) { try readFields(all, from: start) } catch { defect = error }
        }
        if let defect { throw defect }
    }

    private mutating func readFields(_ all: UnsafeRawBufferPointer, from start: Int) throws(WireDefect) {
        try HeadScanner.fields(all, from: start, into: &fields)
        var hosts = 0
        var length: Int?
        var isChunked = false
        var wantsUpgrade = false
        var upgrade: ByteRange?
        var closes = false
        var keeps = false
        for field in fields {
            switch field.id {
            case .host:
                hosts += 1
                guard hosts == 1, Self.isAuthority(all, field.value) else { throw .host }
                if !isAbsolute { authority = field.value }
            case .contentLength:
                guard length == nil else { throw .contentLength }
                length = try HeadScanner.length(all, field.value)
            case .transferEncoding:
                guard !isChunked, isVersion11, all.equals(field.value, ignoringCase: "chunked") else {
                    throw .transferEncoding
                }
                isChunked = true
            case .connection:
                HeadScanner.members(all, of: field.value) { member in
                    if all.equals(member, ignoringCase: "close") {
                        closes = true
                    } else if all.equals(member, ignoringCase: "keep-alive") {
                        keeps = true
                    } else if all.equals(member, ignoringCase: "upgrade") {
                        wantsUpgrade = true
                    } else {
                        nominated.append(member)
                    }
                }
            case .upgrade: upgrade = field.value
            case .requestID: requestID = field.value
            default: break
            }
        }
        if isChunked && length != nil { throw .bothLengths }
        if isAbsolute, let authority, !Self.isAuthority(all, authority) { throw .host }
        if isVersion11 && hosts == 0 { throw .host }
        framing = isChunked ? .chunked : length.map { $0 == 0 ? .none : .length($0) } ?? .none
        keepsAlive = isVersion11 ? !closes : keeps && !closes
        if wantsUpgrade, isVersion11, framing == .none, let upgrade, !Self.leadsToHTTP2(all, upgrade) {
            self.upgrade = upgrade
        }
    }

    /// Through a tunnel of HTTP/2 requests would pass that no rule has seen.
    private static func leadsToHTTP2(_ all: UnsafeRawBufferPointer, _ upgrade: ByteRange) -> Bool {
        var found = upgrade.isEmpty
        HeadScanner.members(all, of: upgrade) { member in
            if all.equals(member, ignoringCase: "h2c") || all.equals(member, ignoringCase: "h2") { found = true }
        }
        return found
    }

    /// A host name or address with an optional port; no user, no path, nothing that a log or a backend could misread.
    private static func isAuthority(_ bytes: UnsafeRawBufferPointer, _ range: ByteRange) -> Bool {
        guard range.count <= 255 else { return false }
        for index in range.start..<range.end {
            switch bytes[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x3A, 0x5B, 0x5D, 0x7E: continue
            default: return false
            }
        }
        return true
    }
}
