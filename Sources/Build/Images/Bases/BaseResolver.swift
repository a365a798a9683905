import Linux
import OCI
import Problems
import Registry

/// Finds a base image: in this registry, then in the one that its name says, then by making it.
struct BaseResolver: Sendable {
    let registry: RegistryStore
    let client: RegistryClient?
    let maker: BaseMaker
    let locks = KeyedLocks()

    /// Builds that ask for the same image at the same time wait for the first one.
    func resolve(
        _ reference: ImageReference, platform: Platform, refreshes: Bool, at location: ProblemLocation?,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> ResolvedImage {
        if !refreshes, let image = try await registry.find(reference, platform: platform) { return image }
        return try await locks.with("\(reference) \(platform)") {
            try await fetch(reference, platform: platform, refreshes: refreshes, at: location, note: note)
        }
    }

    private func fetch(
        _ reference: ImageReference, platform: Platform, refreshes: Bool, at location: ProblemLocation?,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> ResolvedImage {
        if !refreshes, let image = try await registry.find(reference, platform: platform) { return image }
        var failure: (any Error)?
        if let client {
            do {
                try await client.ping(reference)
                note("pulling \(reference.familiar)")
                return try await client.pull(reference, platform: platform, into: registry)
            } catch let problem as RegistryClientProblem where problem.category == .unavailable {
                failure = problem
            }
        }
        if let image = try await registry.find(reference, platform: platform) {
            note("\(reference.registry) can't be reached; using the copy that is here")
            return image
        }
        if let base = KnownBase.find(reference), platform.runs(on: .current), BaseMaker.isAvailable {
            return try await maker.make(base, as: reference, note: note)
        }
        throw ImageProblem.noBase(
            reference, at: location, ways: ways(reference),
            cause: failure ?? PlainProblem("images.base.offline", "other registries aren't asked"))
    }

    private func ways(_ reference: ImageReference) -> String {
        var ways = "Import a root file system with \"estiba image import ROOT.tar \(reference.familiar)\""
        ways += ", or push the image to this registry"
        if KnownBase.find(reference) != nil {
            ways += ", or install mmdebstrap and run as root, so that it can be made here"
        } else {
            ways += ", or use one that can be made here (\(KnownBase.names))"
        }
        return ways + "."
    }
}
