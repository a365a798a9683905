package import Problems

/// Why a scrape failed. The text appears as a target's last error.
package enum ScrapingProblem: Problem, Equatable {
    /// A line of an exposition cannot be read.
    case syntax(line: Int, String)
    case status(Int)
    case tooLarge(limit: Int)
    case tooManySamples(limit: Int)
    case timedOut(seconds: Double)
    case unreachable(String)
    case duplicateSeries(String)

    package var code: String {
        switch self {
        case .syntax: "scraping.exposition.syntax"
        case .status: "scraping.target.status"
        case .tooLarge: "scraping.target.too-large"
        case .tooManySamples: "scraping.target.too-many-samples"
        case .timedOut: "scraping.target.timed-out"
        case .unreachable: "scraping.target.unreachable"
        case .duplicateSeries: "scraping.exposition.duplicate-series"
        }
    }

    package var summary: String {
        switch self {
        case .syntax(let line, let what): "line \(line): \(what)"
        case .status(let status): "server returned HTTP status \(status)"
        case .tooLarge(let limit): "body size limit of \(limit) bytes exceeded"
        case .tooManySamples(let limit): "sample limit of \(limit) exceeded"
        case .timedOut(let seconds): "no answer in \(seconds) s"
        case .unreachable(let why): "cannot be reached: \(why)"
        case .duplicateSeries(let series): "the series \(series) occurs twice"
        }
    }

    package var remedy: String? {
        switch self {
        case .syntax, .duplicateSeries: "Correct what the app writes at its metrics path."
        case .status, .unreachable:
            "Check the annotations prometheus.io/port and prometheus.io/path, and the app's log."
        case .tooLarge, .tooManySamples: "Write fewer series: look for a label with many values."
        case .timedOut: "Make the metrics path faster or the scrape interval longer."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .syntax, .duplicateSeries: .invalid
        case .status, .unreachable: .unavailable
        case .tooLarge, .tooManySamples: .exhausted
        case .timedOut: .timedOut
        }
    }
}
