import Alerts
import Delivery
import Foundation
import Kube
import PromQL
import Releases
import Scraping
import Store

/// The chain of a release, each link with its evidence: commit → run → images → release → pods → series → incidents →
/// messages.
struct Explanation: Codable, Sendable {
    /// The run that made the release.
    struct Run: Codable, Sendable {
        var id: String
        var purpose: String
        var actor: String
        var startedAt: Date
        var outcome: String
        var stages: [StageRecord]
    }

    /// An environment, and what of the release is in it.
    struct Place: Codable, Sendable {
        var environment: String
        /// `stable`, `earlier`, or the phase of what is under way.
        var standing: String
        var since: Date?
        var pods: [PodFact]
        /// Requests that the gateway has answered in the last hour, by what the release's own pods did.
        var requests: Double?
        var errors: Double?
    }

    struct PodFact: Codable, Sendable {
        var name: String
        var service: String
        var track: String
        var isReady: Bool
    }

    struct IncidentFact: Codable, Sendable {
        var number: Int
        var title: String
        var openedAt: Date
        var closedAt: Date?
        var evidence: [String]
    }

    var release: Release
    var run: Run?
    var places: [Place]
    var events: [DeliveryEvent]
    var incidents: [IncidentFact]
    var messages: [DeliveryEvent]
}

/// Gathers what the parts know of a release.
struct Explainer: Sendable {
    let pipeline: Pipeline
    let client: ClusterClient
    let queries: QueryEngine
    let incidents: IncidentLog
    let journal: Journal

    func explain(_ id: ReleaseID) async throws -> Explanation {
        let release = try await pipeline.release(id).release
        let events = try await journal.events(.init(release: id), limit: 1000)
        return Explanation(
            release: release, run: try? await run(release.run), places: try await places(id),
            events: events.filter { $0.kind != .chatMessage },
            incidents: try await incidents.newest(1000).filter { $0.release == id }.map {
                Explanation.IncidentFact(
                    number: $0.number, title: $0.title, openedAt: $0.openedAt, closedAt: $0.closedAt,
                    evidence: $0.evidence)
            }, messages: events.filter { $0.kind == .chatMessage })
    }

    private func run(_ id: RunID) async throws -> Explanation.Run {
        let record = try await pipeline.run(id)
        var outcome = "under way"
        if case .finished(let end) = record.state { outcome = end.summary }
        return Explanation.Run(
            id: id.description, purpose: record.purpose, actor: record.actor, startedAt: record.createdAt,
            outcome: outcome, stages: record.stages)
    }

    private func places(_ id: ReleaseID) async throws -> [Explanation.Place] {
        let pods = (try? await client.list(Pod.self, labels: "\(Labels.release)=\(id)").items) ?? []
        let requests = await sums("estiba_gateway_requests_total{release=\"\(id)\"}")
        let errors = await sums("estiba_gateway_requests_total{release=\"\(id)\",code=~\"5..\"}")
        let deployed = try await journal.events(.init(release: id, kinds: [.deploySucceeded]), limit: 1000)
        return try await pipeline.status().filter { $0.app == id.app }.compactMap { status -> Explanation.Place? in
            let name = status.name.value
            let mine = pods.filter { $0.metadata.labels?[Labels.env] == name }
            let standing: String
            var since: Date?
            if let stable = status.stable, stable.release == id {
                (standing, since) = ("stable", stable.since)
            } else if let way = status.underWay, way.release == id {
                (standing, since) = (way.phase, way.since)
            } else if let last = deployed.last(where: { $0.environment == status.name }) {
                (standing, since) = ("earlier", last.at)
            } else if mine.isEmpty {
                return nil
            } else {
                standing = "in part"
            }
            return Explanation.Place(
                environment: name, standing: standing, since: since, pods: mine.map { Self.fact($0) },
                requests: requests[name], errors: requests[name].map { _ in errors[name] ?? 0 })
        }
    }

    private static func fact(_ pod: Pod) -> Explanation.PodFact {
        let labels = pod.metadata.labels ?? [:]
        return Explanation.PodFact(
            name: pod.name, service: labels[Labels.service] ?? "", track: labels[Labels.track] ?? "",
            isReady: pod.isReady)
    }

    /// Environment → the increase of a counter in the last hour. Metrics that can't be read are shown as none.
    private func sums(_ selector: String) async -> [String: Double] {
        guard let result = try? await queries.instant("sum by (env) (increase(\(selector)[1h]))"),
            case .vector(let samples) = result.value
        else { return [:] }
        return samples.reduce(into: [:]) { $0[$1.labels["env"] ?? ""] = $1.value }
    }
}
