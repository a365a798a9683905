import Hummingbird
import NIOCore
import PromQL
import Web

/// What a request asks for, from its URL and, where there is one, its form.
struct Parameters {
    private var values: [String: [String]] = [:]

    init(_ pairs: [(String, String)]) {
        for (name, value) in pairs { values[name, default: []].append(value) }
    }

    /// Reads the URL's query and the body of a POST in `application/x-www-form-urlencoded`.
    init(_ request: Request, _ context: WebContext) async throws {
        var pairs = Self.decode(request.uri.query ?? "")
        if request.method == .post,
            request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true
        {
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            pairs += Self.decode(String(buffer: body))
        }
        self.init(pairs)
    }

    subscript(_ name: String) -> String? { values[name]?.first }

    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Milliseconds since 1970: seconds with a fraction, or RFC 3339.
    func time(_ name: String) throws(APIError) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let time = TimeText.parse(text) else {
            throw .badData("invalid parameter \(quote(name)): cannot parse \(quote(text)) to a valid timestamp")
        }
        return time
    }

    /// Milliseconds: seconds with a fraction, or `1m30s`.
    func duration(_ name: String) throws(APIError) -> Int64? {
        guard let text = self[name] else { return nil }
        if let seconds = Double(text), seconds.isFinite {
            guard seconds.magnitude < 9e12 else {
                throw .badData(
                    "invalid parameter \(quote(name)): cannot parse \(quote(text)) to a valid duration. It overflows int64"
                )
            }
            return Int64((seconds * 1000).rounded())
        }
        guard let duration = DurationText.milliseconds(text), duration < 1 << 53 else {
            throw .badData("invalid parameter \(quote(name)): cannot parse \(quote(text)) to a valid duration")
        }
        return duration
    }

    /// A limit; 0 or nothing is none.
    func limit() throws(APIError) -> Int? {
        guard let text = self["limit"] else { return nil }
        guard let limit = Int(text), limit >= 0 else {
            throw .badData("invalid parameter \"limit\": limit must be non-negative")
        }
        return limit == 0 ? nil : limit
    }

    /// The selectors of `match[]`.
    func matches() throws(APIError) -> [[LabelMatcher]] {
        var matches: [[LabelMatcher]] = []
        for text in all("match[]") {
            do { matches.append(try Query.selector(text)) } catch {
                throw .badData("invalid parameter \"match[]\": \(error.message)")
            }
        }
        return matches
    }

    private func quote(_ text: String) -> String { Quoting.quote(text) }

    private static func decode(_ text: String) -> [(String, String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (unescape(parts[0]), parts.count > 1 ? unescape(parts[1]) : "")
        }
    }

    private static func unescape(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
