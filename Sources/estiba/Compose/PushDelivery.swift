import Commits
import Delivery
import Logging
import Problems
import Releases
import ServiceLifecycle
import Store
import Syntax

/// Starts the delivery of what is pushed to an app's main branch.
struct PushDelivery: Service {
    let feed: PushFeed
    let repositories: Repositories
    let pipeline: Pipeline
    let journal: Journal
    let logger: Logger

    static let mainBranch = "refs/heads/main"
    private static let branches = "refs/heads/"

    func run() async throws {
        for await push in feed.pushes.cancelOnGracefulShutdown() {
            do {
                if push.ref == Self.mainBranch {
                    try await deliver(push)
                } else if push.ref.hasPrefix(Self.branches) {
                    try await preview(push)
                }
                try await feed.acknowledge(push)
            } catch is CancellationError { return } catch {
                logger.error("push can't be delivered", metadata: ["app": "\(push.app)", "error": "\(brief(error))"])
            }
        }
    }

    /// A branch goes to an environment of its own where its delivery file says so.
    private func preview(_ push: Push) async throws {
        let repository = try repositories.repository(push.app)
        guard let bytes = try await repository.file(DeliveryFile.name, at: push.after) else { return }
        let source = SourceText(name: DeliveryFile.name, utf8: bytes)
        let file = try DeliveryFile.read(source) { _ in true }
        guard file.previews?.covers(String(push.ref.dropFirst(Self.branches.count))) == true else { return }
        let revision = try await repository.revision(commit: push.after, ref: push.ref)
        _ = try await pipeline.preview(revision, actor: revision.authorName)
    }

    private func deliver(_ push: Push) async throws {
        let revision = try await repositories.repository(push.app).revision(commit: push.after, ref: push.ref)
        try await journal.record(
            .commitReceived, app: push.app, commit: revision.shortCommit, actor: revision.authorName,
            message: "\(revision.shortCommit) \(revision.subject)")
        _ = try await pipeline.deliver(revision, actor: revision.authorName)
    }
}
