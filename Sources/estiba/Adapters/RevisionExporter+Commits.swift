import Commits
import Delivery
import Workflows

/// `actions/checkout` reads from the app's own repository.
struct RepositoryExporter: RevisionExporter {
    let repositories: Repositories
    /// Where people find the repository: `http://localhost:8000/git`.
    let serverURL: String

    func export(_ revision: Revision, into directory: String, earlier: String?) async throws {
        try await repositories.repository(revision.app).checkOut(
            revision, into: directory, earlier: earlier, origin: "\(serverURL)/git/\(revision.app).git")
    }
}
