import Delivery
import FoundationEssentials
import Kube

extension Pipeline {
    /// Runs the environment's verification workflow against what has just been deployed. Begun anew after a restart.
    func verify(_ record: DeliveryRecord, _ site: Site, _ pods: Int, _ isPromotion: Bool) async throws {
        guard let workflow = site.work.plan.verify else { return try await conclude(record, site, pods, isPromotion) }
        let name = site.name
        report(record.id, name.value, .running, "\(pods) pods ready, verifying by \(workflow)")
        // The gateway takes up the routes meanwhile.
        try await site.work.drain()
        let path = checkoutPath(record.id)
        removeCheckout(record.id)
        defer { removeCheckout(record.id) }
        try FileManager.default.createDirectory(atPath: workspace, withIntermediateDirectories: true)
        try await ports.commits.checkout(record.revision, to: path)
        let result = try await ports.workflows.run(
            WorkflowOrder(
                run: record.id, revision: record.revision, path: workflow, checkout: path, key: "verify-\(name)",
                environment: verificationEnvironment(site))
        ) { line in
            await self.report(record.id, name.value, .running, "verifying: \(line)")
        }
        try Task.checkCancellation()
        guard result.succeeded else {
            throw ReleasesProblem.verificationFailed(
                environment: name.value, summary: result.summary, lastLines: result.lastLines)
        }
        try await note(
            .verified, record, environment: name, message: "\(site.content.release.id) verified in \(name)",
            detail: ["evidence": result.summary])
        try await site.work.prune(site.work.candidate)
        try await conclude(record, site, pods, isPromotion)
    }

    /// What tells the workflow where to look.
    private func verificationEnvironment(_ site: Site) -> [String: String] {
        let release = site.content.release
        var variables = [
            "ESTIBA_APP": release.id.app.value, "ESTIBA_ENV": site.name.value,
            "ESTIBA_RELEASE": release.id.description, "ESTIBA_COMMIT": release.revision.commit,
            "ESTIBA_NAMESPACE": site.work.candidate.namespace,
        ]
        let host = site.work.candidate.objects(ofKind: "HTTPRoute").lazy
            .compactMap { $0[path: "spec", "hostnames"]?[0]?.string }.first
        if let host { variables["ESTIBA_HOST"] = host }
        if site.work.plan.kubeconfig == nil {
            let gateway = ports.gateway()
            variables["ESTIBA_GATEWAY"] = gateway
            if let host { variables["ESTIBA_URL"] = Self.url(of: host, through: gateway) }
        } else if let host {
            variables["ESTIBA_URL"] = "http://\(host)"
        }
        return variables
    }

    /// The host with the gateway's port: `http://dev.harbour.localhost:8080`.
    static func url(of host: String, through gateway: String) -> String {
        let port = gateway.lastIndex(of: ":").map { gateway[gateway.index(after: $0)...] } ?? ""
        return port.isEmpty || port == "80" || !port.allSatisfy(\.isNumber)
            ? "http://\(host)" : "http://\(host):\(port)"
    }
}
