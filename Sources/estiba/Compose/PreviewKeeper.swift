import Commits
import Delivery
import Logging
import Problems
import Releases
import ServiceLifecycle

/// Takes away the environments of branches that are gone, also of those that went while the server was down.
struct PreviewKeeper: Service {
    let repositories: Repositories
    let pipeline: Pipeline
    let logger: Logger
    var interval: Duration = .seconds(5)

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for app in repositories.apps() { await look(app) }
                try await Task.sleep(for: interval)
            }
        }
    }

    private func look(_ app: AppName) async {
        do {
            let previews = try await pipeline.previews(app)
            guard !previews.isEmpty else { return }
            let refs = try await repositories.repository(app).refs()
            for (name, ref) in previews where refs[ref] == nil { _ = try await pipeline.removePreview(app, name) }
        } catch {
            logger.error("preview can't be removed", metadata: ["app": "\(app)", "error": "\(brief(error))"])
        }
    }
}
