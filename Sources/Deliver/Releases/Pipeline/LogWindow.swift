import Delivery
import FoundationEssentials

/// Reads what both tracks log, look by look. Logs that can't be read are no data, and no data is never a pass.
struct LogWindow: Sendable {
    /// How far back stable's history is read, in seconds.
    private static let history = 3600.0
    /// Lines take a moment until they are kept.
    private static let lag = 2.0

    private let app: AppName
    private let environment: EnvironmentName
    private let source: any LogReading
    private let began: Date
    private var last: Date

    init(app: AppName, environment: EnvironmentName, source: any LogReading, now: Date) {
        self.app = app
        self.environment = environment
        self.source = source
        began = now - Self.lag
        last = began
    }

    /// What stable wrote in the hour before.
    func history() async -> [String]? { await lines(.stable, after: began - Self.history, upTo: began) }

    /// What both tracks wrote since the last time.
    mutating func next(now: Date) async -> TrackLines? {
        let end = now - Self.lag
        guard end > last, let canary = await lines(.canary, after: last, upTo: end),
            let stable = await lines(.stable, after: last, upTo: end)
        else { return nil }
        last = end
        return TrackLines(canary: canary, stable: stable)
    }

    private func lines(_ track: Track, after: Date, upTo: Date) async -> [String]? {
        try? await source.lines(of: app, in: environment, track: track, after: after, upTo: upTo)
    }
}
