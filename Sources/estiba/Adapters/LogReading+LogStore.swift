import Delivery
import Foundation
import LogQL
import LogStore
import Problems
import Releases

/// The kept lines of pods, for the judge.
struct PodLogLines: LogReading {
    let streams: LogStreams

    func lines(of app: AppName, in environment: EnvironmentName, track: Track, after: Date, upTo: Date) async throws
        -> [String]
    {
        let labels = [("app", app.value), ("env", environment.value), ("track", track.rawValue)]
        let selector = "{" + labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",") + "}"
        guard case .lines(let selection) = try LogExpression.parse(selector) else {
            throw PlainProblem("logs.selector", "\(selector) selects no lines", category: .failed)
        }
        return try await streams.lines(selection.matchers, after: nanoseconds(after), upTo: nanoseconds(upTo))
            .flatMap { $0.entries.map(\.line) }
    }

    private func nanoseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970 * 1e9) }
}
