import Alerts
import Delivery
import Releases

/// What alerts want to know of a release.
struct KnownReleases: ReleaseFacts {
    let pipeline: Pipeline

    func release(_ id: ReleaseID) async throws -> Release? { try await pipeline.release(id).release }
}
