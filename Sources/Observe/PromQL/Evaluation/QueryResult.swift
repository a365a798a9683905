/// One series at one time.
package struct InstantSample: Sendable, Equatable {
    package var labels: LabelSet
    /// Milliseconds since 1970.
    package var time: Int64
    package var value: Double

    package init(labels: LabelSet, time: Int64, value: Double) {
        self.labels = labels
        self.time = time
        self.value = value
    }
}

/// One series over time.
package struct SampleSeries: Sendable, Equatable {
    package var labels: LabelSet
    package var times: [Int64]
    package var values: [Double]

    package init(labels: LabelSet, times: [Int64], values: [Double]) {
        self.labels = labels
        self.times = times
        self.values = values
    }
}

package enum QueryValue: Sendable, Equatable {
    case scalar(Double, time: Int64)
    case string(String, time: Int64)
    case vector([InstantSample])
    case matrix([SampleSeries])
}

/// A query's answer and what the evaluator noticed on the way.
package struct QueryResult: Sendable, Equatable {
    package var value: QueryValue
    /// Something is probably wrong with the query or the data.
    package var warnings: [String]
    /// Something might be better.
    package var infos: [String]

    package init(value: QueryValue, warnings: [String] = [], infos: [String] = []) {
        self.value = value
        self.warnings = warnings
        self.infos = infos
    }
}

/// Collects what is worth telling, each thing once.
struct Annotations {
    private(set) var warnings: [String] = []
    private(set) var infos: [String] = []

    mutating func warn(_ text: String) {
        let line = "PromQL warning: " + text
        if !warnings.contains(line) { warnings.append(line) }
    }

    mutating func inform(_ text: String) {
        let line = "PromQL info: " + text
        if !infos.contains(line) { infos.append(line) }
    }
}
