import Console
import Delivery
import Foundation
import Kube
import PromQL
import Releases
import Scraping

extension ConsoleReader {
    func environments() async throws -> [EnvironmentFacts] {
        let deployments = try await client.list(Deployment.self, labels: Labels.app).items
        let traffic = await trafficNow()
        return try await pipeline.status().map { status in
            let services = self.services(of: status, deployments, traffic)
            return EnvironmentFacts(
                app: status.app, name: status.name, stable: Self.deployed(status), previous: status.previous,
                services: services, underWay: status.underWay.flatMap { Self.underWay($0) },
                freeze: status.freeze?.summary, drift: status.drift?.map(\.summary) ?? [])
        }
    }

    private static func deployed(_ status: EnvironmentStatus) -> DeployedFacts? {
        status.stable.map { stable in
            DeployedFacts(
                release: stable.release, run: stable.run, commit: stable.commit,
                subject: status.release?.revision.subject ?? "",
                author: status.release?.revision.authorName ?? "", since: stable.since)
        }
    }

    static func underWay(_ way: EnvironmentStatus.UnderWay) -> UnderWayFacts? {
        UnderWayFacts.Phase(rawValue: way.phase).map { phase in
            UnderWayFacts(
                run: way.run, release: way.release, commit: way.commit, author: way.author, phase: phase,
                detail: way.detail,
                since: way.since, approvers: way.approvers, canary: way.look.map { facts(of: $0) })
        }
    }

    static func facts(of look: CanaryLook) -> CanaryFacts {
        CanaryFacts(
            weight: look.weight, step: look.step, steps: look.steps,
            canary: CountFacts(requests: look.counts.canary, errors: look.counts.canaryHits, p95: look.canaryP95),
            stable: CountFacts(requests: look.counts.stable, errors: look.counts.stableHits, p95: look.stableP95),
            observed: look.observed, verdict: CanaryFacts.Verdict(rawValue: look.verdict.outcome.rawValue) ?? .waiting,
            reasons: look.verdict.reasons)
    }

    private func services(
        of status: EnvironmentStatus, _ deployments: [Deployment], _ traffic: [TrafficPlace: TrafficFacts]
    ) -> [ServiceFacts] {
        var services: [String: ServiceFacts] = [:]
        for deployment in deployments {
            let labels = deployment.metadata.labels ?? [:]
            guard labels[Labels.app] == status.app.value, labels[Labels.env] == status.name.value else { continue }
            let name = labels[Labels.service] ?? deployment.name
            let track = labels[Labels.track] ?? Track.stable.rawValue
            let wanted = deployment.spec.replicas ?? 1
            let facts = TrackFacts(
                release: labels[Labels.release].flatMap { ReleaseID($0) }, commit: labels[Labels.commit],
                readyPods: deployment.status?.readyReplicas ?? 0, wantedPods: wanted, trouble: nil,
                traffic: traffic[
                    TrafficPlace(app: status.app.value, env: status.name.value, service: name, track: track)])
            var service = services[name] ?? ServiceFacts(name: name)
            if track == Track.canary.rawValue { service.canary = facts } else { service.stable = facts }
            services[name] = service
        }
        return services.values.sorted { $0.name < $1.name }
    }

    struct TrafficPlace: Hashable {
        var app: String
        var env: String
        var service: String
        var track: String
    }

    /// The last minute by app, environment, service and track. Metrics that can't be read are shown as none.
    private func trafficNow() async -> [TrafficPlace: TrafficFacts] {
        let by = "sum by (app, env, service, track)"
        async let rates = vector("\(by) (rate(estiba_gateway_requests_total[1m]))")
        async let errors = vector("\(by) (rate(estiba_gateway_requests_total{code=~\"5..\"}[1m]))")
        async let latencies = vector(
            "histogram_quantile(0.95, sum by (app, env, service, track, le) (rate(estiba_gateway_request_duration_seconds_bucket[1m])))"
        )
        let (rate, error, p95) = await (rates, errors, latencies)
        return rate.reduce(into: [:]) { facts, entry in
            let (place, value) = entry
            facts[place] = TrafficFacts(
                rate: value, errorShare: value > 0 ? (error[place] ?? 0) / value : nil,
                p95: p95[place].flatMap { $0.isFinite ? $0 * 1000 : nil })
        }
    }

    private func vector(_ expression: String) async -> [TrafficPlace: Double] {
        guard let result = try? await queries.instant(expression), case .vector(let samples) = result.value else {
            return [:]
        }
        return samples.reduce(into: [:]) { values, sample in
            let labels = sample.labels
            values[
                TrafficPlace(
                    app: labels["app"] ?? "", env: labels["env"] ?? "", service: labels["service"] ?? "",
                    track: labels["track"] ?? "")] =
                sample.value
        }
    }
}
