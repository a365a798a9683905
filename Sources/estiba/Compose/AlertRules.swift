import Alerts
import Commits
import Delivery
import Foundation
import Logging
import Problems
import PromQL
import Releases
import ServiceLifecycle
import Store
import Syntax

/// Keeps the alerting rules of each app at what its newest release says.
struct AlertRules: Service {
    let pipeline: Pipeline
    let repositories: Repositories
    let alerts: AlertService
    let journal: Journal
    let logger: Logger

    func run() async throws {
        let releases = await journal.follow(.init(kinds: [.releaseCreated]))
        for app in repositories.apps() { await load(app) }
        for await event in releases.cancelOnGracefulShutdown() { if let app = event.app { await load(app) } }
    }

    private func load(_ app: AppName) async {
        do {
            guard let newest = try await pipeline.releases(app, limit: 200).first(where: { $0.preview == nil }) else {
                return
            }
            let content = try await pipeline.release(newest.id)
            var groups: [RuleGroup] = []
            for path in content.file.alerts {
                let repository = try repositories.repository(app)
                guard let bytes = try await repository.file(path, at: newest.revision.commit) else {
                    throw PlainProblem(
                        "alerts.rules.missing",
                        "\(DeliveryFile.name) names the rule file \"\(path)\", which is not in the commit",
                        remedy: "Add the file, or remove it from \"alerts\".")
                }
                groups += try RuleFile.read(SourceText(name: path, utf8: bytes)) { _ = try Query($0) }.groups
            }
            await alerts.set(groups, of: app.value)
        } catch {
            logger.error("alerting rules can't be read", metadata: ["app": "\(app)", "error": "\(brief(error))"])
        }
    }
}
