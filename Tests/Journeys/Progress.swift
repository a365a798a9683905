import Foundation
import Linux

/// A line of a run's progress, as `--json` and the API give it.
struct Progress: Decodable, Sendable {
    struct Look: Decodable, Sendable {
        var weight: Double
    }
    var stage: String
    var status: String
    var detail: String
    var canary: Look?
    var evidence: [String]
    /// Only whether there is one matters here.
    var isLast: Bool { stage == "run" && status != "running" }

    init?(_ line: String) {
        guard let value = try? JSONDecoder().decode(Progress.self, from: Data(line.utf8)) else { return nil }
        self = value
    }
}

extension Journey {
    /// Follows a run from its first line until `isIt`; the run may not have begun yet.
    func progress(
        _ app: String, _ run: Int, within limit: Duration = .seconds(60),
        until isIt: @escaping @Sendable (Progress) -> Bool
    ) async throws -> Progress {
        let url = "http://127.0.0.1:\(try server.endpoints().console)/api/v1/apps/\(app)/runs/\(run)"
        let known = command("curl", ["-sf", "-o", "/dev/null", url])
        _ = try await eventually("run \(run) of \(app) begins") { try await known.run().status.isSuccess ? true : nil }
        let text = try await line(of: command("curl", ["-sSfN", url + "/progress"]), within: limit) {
            Progress($0).map(isIt) ?? false
        }
        guard let line = Progress(text) else { throw JourneyProblem("no progress: \(text)") }
        return line
    }

    /// Follows a run to its end.
    func end(of app: String, _ run: Int, within limit: Duration = .seconds(90)) async throws -> Progress {
        try await progress(app, run, within: limit) { $0.isLast }
    }
}
