import Commits
import Delivery
import Releases

/// The app's own repository as the pipeline's source.
struct RepositorySource: CommitSource {
    let repositories: Repositories

    func revision(of app: AppName, at ref: String) async throws -> Revision {
        try await repositories.repository(app).revision(ref)
    }

    func checkout(_ revision: Revision, to directory: String) async throws {
        try await repositories.repository(revision.app).export(revision.commit, into: directory)
    }
}
