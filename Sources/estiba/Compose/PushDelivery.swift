import Commits
import Delivery
import Logging
import Problems
import Releases
import ServiceLifecycle
import Store

/// Starts the delivery of what is pushed to an app's main branch.
struct PushDelivery: Service {
    let feed: PushFeed
    let repositories: Repositories
    let pipeline: Pipeline
    let journal: Journal
    let logger: Logger

    static let mainBranch = "refs/heads/main"

    func run() async throws {
        for await push in feed.pushes.cancelOnGracefulShutdown() {
            do {
                if push.ref == Self.mainBranch { try await deliver(push) }
                try await feed.acknowledge(push)
            } catch is CancellationError { return } catch {
                logger.error("push can't be delivered", metadata: ["app": "\(push.app)", "error": "\(brief(error))"])
            }
        }
    }

    private func deliver(_ push: Push) async throws {
        let revision = try await repositories.repository(push.app).revision(commit: push.after, ref: push.ref)
        try await journal.record(
            .commitReceived, app: push.app, commit: revision.shortCommit, actor: revision.authorName,
            message: "\(revision.shortCommit) \(revision.subject)")
        _ = try await pipeline.deliver(revision, actor: revision.authorName)
    }
}
