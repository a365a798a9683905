import Problems
import PromQL
import Releases
import Scraping

/// PromQL for the judge.
struct MetricQueries: MetricQuerying {
    let engine: QueryEngine

    func value(of expression: String) async throws -> Double? {
        switch try await engine.instant(expression).value {
        case .scalar(let value, _): return value
        case .vector(let samples):
            if samples.count > 1 {
                throw PlainProblem(
                    "metrics.several", "\"\(expression)\" gives \(samples.count) series where one is expected",
                    remedy: "Aggregate it, for instance with sum(…).", category: .invalid)
            }
            return samples.first?.value
        case .matrix, .string:
            throw PlainProblem(
                "metrics.kind", "\"\(expression)\" gives no instant value",
                remedy: "Use an expression whose result is not a range.", category: .invalid)
        }
    }
}
