package import Delivery
package import Logging
import Problems
import ServiceLifecycle

/// Finds pushes by comparing refs with what was handed on before, and hands each on to one consumer. A push that wasn't
/// acknowledged when the process ended comes again at the next start; several of one ref come as one.
package actor PushFeed: Service {
    /// Every push, in the order in which it was found. For one consumer.
    package nonisolated let pushes: AsyncStream<Push>
    private let pushed: AsyncStream<Push>.Continuation
    private nonisolated let looks: AsyncStream<AppName>
    private nonisolated let look: AsyncStream<AppName>.Continuation
    private let repositories: Repositories
    private let delivered: DeliveredRefs
    private let logger: Logger
    /// What was handed on since the start, acknowledged or not.
    private var seen: [AppName: [String: String]] = [:]

    package init(repositories: Repositories, logger: Logger) {
        self.repositories = repositories
        self.logger = logger
        delivered = DeliveredRefs(repositories: repositories)
        (pushes, pushed) = AsyncStream.makeStream()
        (looks, look) = AsyncStream.makeStream()
    }

    /// Says that an app's refs may have changed.
    package nonisolated func refsMayHaveChanged(_ app: AppName) { look.yield(app) }

    /// Looks at every repository, then at those that may have changed, until graceful shutdown.
    package func run() async throws {
        for app in repositories.apps() { await scan(app) }
        for await app in looks.cancelOnGracefulShutdown() { await scan(app) }
        pushed.finish()
    }

    private func scan(_ app: AppName) async {
        do {
            let now = try await repositories.repository(app).refs()
            // After the await: a scan that ran meanwhile has already handed on what it saw.
            var known = try seen[app] ?? delivered.load(app)
            for push in RefChanges.pushes(app, seen: known, now: now) {
                known[push.ref] = push.after
                pushed.yield(push)
            }
            seen[app] = known.filter { now[$0.key] != nil }
        } catch {
            logger.error("refs can't be read", metadata: ["app": "\(app)", "error": "\(brief(error))"])
        }
    }

    /// Says that a push has led to what it was to lead to, and needn't come again.
    package func acknowledge(_ push: Push) throws {
        var refs = try delivered.load(push.app)
        refs[push.ref] = push.after
        if let known = seen[push.app] { refs = refs.filter { known[$0.key] != nil } }
        try delivered.save(refs, of: push.app)
    }

    /// Records a commit as handed on without a push of its own, for one that is delivered by command.
    package func markDelivered(_ app: AppName, ref: String, commit: String) throws {
        var known = try seen[app] ?? delivered.load(app)
        known[ref] = commit
        seen[app] = known
        try acknowledge(Push(app: app, ref: ref, before: nil, after: commit))
    }
}
