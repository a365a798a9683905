import FoundationEssentials
import Kube
import Logging
import Problems

/// Tells Gateways and HTTPRoutes what became of them.
struct RouteStatusWriter: Sendable {
    private let client: ClusterClient
    private let logger: Logger

    init(client: ClusterClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Writes what has changed. What can't be written now is tried again with the next plan.
    func write(_ plan: RoutingPlan, address: String) async {
        let now = Timestamp.text(Date())
        for report in plan.routes {
            await attempt(report.route.key) {
                guard let status = try report.status(now: now) else { return }
                try await patch(HTTPRoute.self, report.route, status)
            }
        }
        for report in plan.gateways {
            await attempt(report.gateway.key) {
                let path = KubeGateway.resource.path(namespace: report.gateway.namespace, name: report.gateway.name)
                let present = try await client.json("GET", path)["status"] ?? .emptyObject
                let status = report.status(present: present, address: address, now: now)
                let isSame = (status.object ?? [:]).allSatisfy { present[$0.key] == $0.value }
                if !isSame { try await patch(KubeGateway.self, report.gateway, status) }
            }
        }
    }

    private func patch<Kind: KubeKind>(_ kind: Kind.Type, _ object: Kind, _ status: JSON) async throws {
        do {
            try await client.patch(
                kind, object.name, in: object.namespace, subresource: "status",
                ["metadata": ["uid": .string(object.metadata.uid ?? "")], "status": status])
        } catch let problem as ClusterProblem where problem.isNotFound || problem.isConflict {}
    }

    private func attempt(_ key: String, _ body: () async throws -> Void) async {
        do { try await body() } catch is CancellationError {} catch {
            logger.warning("status can't be written", metadata: ["object.key": "\(key)", "error": "\(brief(error))"])
        }
    }
}
