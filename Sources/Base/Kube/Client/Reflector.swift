package import Logging
import Problems

/// Keeps up with a collection: lists it, then watches it, and lists again when the watch can't go on.
package struct Reflector<Kind: KubeKind>: Sendable {
    /// What happened to the collection.
    package enum Change: Sendable {
        /// The whole collection, at the start and whenever the watch had to begin anew.
        case replaced([Kind])
        case upserted(Kind)
        case deleted(Kind)
    }

    private let client: ClusterClient
    private let namespace: String?
    private let labels: String?
    private let fields: String?
    private let logger: Logger

    package init(
        _ kind: Kind.Type, client: ClusterClient, namespace: String? = nil, labels: String? = nil,
        fields: String? = nil,
        logger: Logger
    ) {
        self.client = client
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
        var logger = logger
        logger[metadataKey: "kube.resource"] = "\(Kind.resource.qualifiedName)"
        self.logger = logger
    }

    /// Calls `handle` for each change, in order, until the task is cancelled.
    package func run(
        isolation: isolated (any Actor)? = #isolation, _ handle: (Change) async throws -> Void
    ) async throws {
        var delay = Duration.milliseconds(50)
        while !Task.isCancelled {
            do {
                let listing = try await client.list(Kind.self, in: namespace, labels: labels, fields: fields)
                try await handle(.replaced(listing.items))
                delay = .milliseconds(50)
                try await follow(from: listing.resourceVersion, handle)
            } catch is CancellationError {
                return
            } catch let problem as ClusterProblem where problem.isExpired {
                continue
            } catch let problem as ClusterProblem {
                logger.warning("collection can't be followed, trying again", metadata: ["error": "\(problem.oneLine)"])
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(10))
            } catch let error as DecodingError {
                logger.warning("an object isn't of its kind's form, trying again", metadata: ["error": "\(error)"])
                try await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(10))
            }
        }
    }

    private func follow(
        isolation: isolated (any Actor)? = #isolation, from version: String, _ handle: (Change) async throws -> Void
    ) async throws {
        var version = version
        while !Task.isCancelled {
            let events = try await client.watch(Kind.self, in: namespace, labels: labels, fields: fields, from: version)
            for try await event in events {
                switch event {
                case .added(let object), .modified(let object): try await handle(.upserted(object))
                case .deleted(let object): try await handle(.deleted(object))
                case .bookmark(let newVersion):
                    version = newVersion
                    continue
                }
                version = event.object?.metadata.resourceVersion ?? version
            }
        }
        throw CancellationError()
    }
}
