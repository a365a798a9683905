package import Delivery

/// What the console shows, asked anew for each page and each second of a live page: answers should come from memory or
/// an index. What isn't known is nil or empty, never made up.
package protocol ConsoleFacts: Sendable {
    /// Every environment of every app, apps by name, the environments of an app in the order of its delivery file.
    func environments() async throws -> [EnvironmentFacts]

    /// Newest first, of all apps.
    func runs(limit: Int) async throws -> [RunSummary]

    /// Nil where there is no such run.
    func run(_ id: RunID) async throws -> RunFacts?

    /// The log of a job from its first line on: what is there, then what comes, until the job ends. Nil where there is no
    /// such log.
    ///
    /// - Parameters:
    ///   - workflow: `JobFacts.workflow`
    ///   - job: `JobFacts.key`
    func log(of run: RunID, workflow: String, job: String) async throws -> AsyncThrowingStream<LogLineFacts, any Error>?

    /// Newest first, of all apps.
    func releases(limit: Int) async throws -> [Release]

    /// Nil where there is no such release.
    func release(_ id: ReleaseID) async throws -> ReleaseFacts?

    /// Newest first.
    func incidents(limit: Int, onlyOpen: Bool) async throws -> [IncidentFacts]

    /// Nil where there is no such incident.
    func incident(_ number: Int) async throws -> IncidentFacts?

    /// The newest messages of the channel, oldest first.
    func messages(limit: Int) async throws -> [MessageFacts]

    /// The newest events of the Journal, oldest first.
    func events(_ scope: EventScope, limit: Int) async throws -> [DeliveryEvent]
}

/// Which events of the Journal.
package enum EventScope: Sendable, Hashable {
    case all
    case run(RunID)
    case release(ReleaseID)
}
