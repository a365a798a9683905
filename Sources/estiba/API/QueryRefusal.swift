import Foundation
import Kube
import Problems
import Syntax

/// What a query API says of a query that it refuses, as a problem with the place in the query.
enum QueryRefusal {
    /// Reads the answers of the Prometheus API (JSON) and the Loki API (plain text), of this server and of others.
    static func problem(_ code: String, _ query: String, status: Int, _ body: Data) -> any Problem {
        let words = (try? JSON.parse(Array(body)))?["error"]?.string ?? String(decoding: body, as: UTF8.self)
        let text = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let found = text.firstMatch(of: place), let line = Int(found.line), let column = Int(found.column) else {
            return PlainProblem(code, text.isEmpty ? "the server answered \(status)" : text)
        }
        return PlainProblem(
            code, String(found.rest), category: .invalid,
            location: SourceText(name: "query", query).location(line: line, column: column))
    }

    /// `1:5: parse error: …`, `query:1:5: …`, or `parse error at line 1, col 5: …`.
    private static var place: Regex<(Substring, line: Substring, column: Substring, rest: Substring)> {
        /(?s)^(?:invalid parameter "query": )?(?:query:|parse error at line )?(?<line>\d+)(?::|, col )(?<column>\d+): (?:parse error: )?(?<rest>.+)$/
    }
}
