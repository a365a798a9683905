import Commits
import Delivery
import Foundation
import Problems
import Releases
import Syntax

/// Finds the commit that somebody wants delivered, fetching it first where it comes from elsewhere.
struct CommitIntake: Sendable {
    let repositories: Repositories
    let feed: PushFeed

    func revision(_ order: DeliverOrder) async throws -> Revision {
        if let source = order.source { return try await fetch(source, order) }
        guard let name = order.app else {
            throw PlainProblem(
                "api.order", "the order names neither an app nor where its repository is",
                remedy: "Send \"app\" or \"source\".", category: .invalid)
        }
        let ref = order.ref == "HEAD" ? "main" : order.ref
        return try await repositories.repository(AppName(name)).revision(ref)
    }

    private func fetch(_ source: String, _ order: DeliverOrder) async throws -> Revision {
        let app = try order.app.map { try AppName($0) } ?? appName(of: source)
        let repository = try await repositories.create(app)
        let ref = order.ref == "HEAD" ? nil : order.ref
        let revision = try await repository.importRevision(from: source, ref: ref).revision
        // It is delivered by this order, so the change of the ref is not a push of its own.
        try await feed.markDelivered(app, ref: revision.ref, commit: revision.commit)
        return revision
    }

    /// The name in the delivery file of a directory; for a URL the last part of its path.
    private func appName(of source: String) throws -> AppName {
        let file = source + "/" + DeliveryFile.name
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            let last = source.split(separator: "/").last.map(String.init) ?? source
            return try AppName((last.hasSuffix(".git") ? String(last.dropLast(4)) : last).lowercased())
        }
        let node = try YAMLDocument.parse(SourceText(name: file, utf8: Array(data)))
        guard case .scalar(let scalar)? = node["app"] else {
            throw PlainProblem(
                "api.no-app", "\(file) does not say which app it is for", remedy: "Add \"app: NAME\".",
                category: .invalid)
        }
        return try AppName(scalar.text)
    }
}
