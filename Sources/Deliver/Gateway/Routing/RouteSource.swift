import Kube
import Logging
import Problems
import Synchronization

/// Follows everything that routing depends on, and makes a new plan whenever some of it changes.
struct RouteSource: Sendable {
    private let client: ClusterClient
    private let gatewayClass: String
    private let logger: Logger

    init(client: ClusterClient, gatewayClass: String, logger: Logger) {
        self.client = client
        self.gatewayClass = gatewayClass
        self.logger = logger
    }

    /// The objects as they were last seen.
    private struct View: Sendable {
        var gateways: [String: KubeGateway] = [:]
        var routes: [String: HTTPRoute] = [:]
        var services: [String: Service] = [:]
        var slices: [String: EndpointSlice] = [:]
        var pods: [String: PodMetadata] = [:]
        /// Kinds of which the whole collection has been seen.
        var seen: Set<String> = []
    }

    private final class SharedView: Sendable {
        let state = Mutex(View())
    }

    /// Calls `publish` with each plan, the first when all collections have been seen, until the task is cancelled.
    func run(_ publish: @Sendable (RoutingPlan) -> Void) async {
        let view = SharedView()
        let (changes, changing) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            group.addTask { await follow(KubeGateway.self, \.gateways, view) { changing.yield() } }
            group.addTask { await follow(HTTPRoute.self, \.routes, view) { changing.yield() } }
            group.addTask { await follow(Service.self, \.services, view) { changing.yield() } }
            group.addTask { await follow(EndpointSlice.self, \.slices, view) { changing.yield() } }
            group.addTask { await follow(PodMetadata.self, \.pods, view) { changing.yield() } }
            for await _ in changes {
                if let facts = facts(view) { publish(RoutingPlan.make(facts)) }
            }
        }
    }

    private func follow<Kind: KubeKind>(
        _ kind: Kind.Type, _ path: any WritableKeyPath<View, [String: Kind]> & Sendable, _ view: SharedView,
        onChange: () -> Void
    ) async {
        do {
            try await Reflector(kind, client: client, logger: logger).run { change in
                view.state.withLock { view in
                    switch change {
                    case .replaced(let all):
                        view[keyPath: path] = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
                        view.seen.insert(Kind.resource.qualifiedName)
                    case .upserted(let object): view[keyPath: path][object.key] = object
                    case .deleted(let object): view[keyPath: path][object.key] = nil
                    }
                }
                onChange()
            }
        } catch {
            logger.error("routes can't be followed", metadata: ["error": "\(brief(error))"])
        }
    }

    private func facts(_ view: SharedView) -> RoutingFacts? {
        view.state.withLock { view in
            guard view.seen.count == 5 else { return nil }
            return RoutingFacts(
                gatewayClass: gatewayClass, gateways: Array(view.gateways.values), routes: Array(view.routes.values),
                services: Array(view.services.values), slices: Array(view.slices.values),
                podLabels: view.pods.mapValues { $0.metadata.labels ?? [:] })
        }
    }
}

/// A pod, of which only the labels matter here.
struct PodMetadata: KubeKind {
    static var resource: ResourceType { Pod.resource }
    var metadata: ObjectMeta
}
