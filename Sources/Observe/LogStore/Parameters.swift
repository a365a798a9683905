import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Problems

/// The parameters of a request, from its query and, for a form, from its body.
struct Parameters: Sendable {
    private let pairs: [(name: String, value: String)]

    init(_ request: Request) async throws {
        var text = request.uri.query ?? ""
        if request.method == .post,
            request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true
        {
            let body = try await request.body.collect(upTo: 1 << 20)
            text += "&" + String(buffer: body)
        }
        pairs = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    subscript(name: String) -> String? { pairs.last { $0.name == name }?.value }

    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    func required(_ name: String) throws -> String {
        if let value = self[name], !value.isEmpty { return value }
        throw PlainProblem("logs.parameter", "the parameter \"\(name)\" is missing", category: .invalid)
    }

    /// Nanoseconds since 1970.
    func time(_ name: String) throws -> Int64? {
        guard let text = self[name] else { return nil }
        guard let time = LogTime.parse(parameter: text) else { throw LogStoreProblem.badTime(text) }
        return time
    }

    /// Whole seconds of `30`, `30s`, `5m` or `1h`; at least one.
    func seconds(_ name: String) -> Int64? {
        guard let text = self[name] else { return nil }
        if let number = Double(text) { return max(1, Int64(number)) }
        let scales: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard let unit = text.last, let scale = scales[unit], let count = Int64(text.dropLast()) else { return nil }
        return max(1, count * scale)
    }

    var limit: Int { min(max(1, self["limit"].flatMap { Int($0) } ?? 100), 5000) }

    private static func decode(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }
}
