import Alerts
import Foundation
import Problems
import PromQL
import Scraping

/// PromQL for alerting rules.
struct AlertQueries: AlertQuerying {
    let engine: QueryEngine

    func query(_ expression: String, at: Date) async throws -> [AlertSample] {
        switch try await engine.instant(expression, at: Int64(at.timeIntervalSince1970 * 1000)).value {
        case .scalar(let value, _): return [AlertSample(labels: [:], value: value)]
        case .vector(let samples):
            return samples.map { sample in
                let labels = sample.labels.pairs.map { ($0.name, $0.value) }
                return AlertSample(labels: Dictionary(labels, uniquingKeysWith: { $1 }), value: sample.value)
            }
        case .matrix, .string:
            throw PlainProblem("metrics.kind", "an alert's expression must give an instant value", category: .invalid)
        }
    }
}
