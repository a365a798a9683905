import Alerts
import Chat
import Console
import Delivery
import Kube
import Problems
import Releases
import Scraping
import Store
import Workflows

/// What the console shows, gathered from every band.
struct ConsoleReader: ConsoleFacts {
    let pipeline: Pipeline
    let archive: RunArchive
    let client: ClusterClient
    let queries: QueryEngine
    let incidentLog: IncidentLog
    let channel: OpsChannel
    let journal: Journal

    /// Every app that has been delivered, by name.
    func apps() async throws -> [AppName] { try await pipeline.apps() }

    func releases(limit: Int) async throws -> [Release] {
        var all: [Release] = []
        for app in try await apps() { all += try await pipeline.releases(app, limit: limit) }
        return Array(all.sorted { $0.createdAt > $1.createdAt }.prefix(limit))
    }

    func release(_ id: ReleaseID) async throws -> Console.ReleaseFacts? {
        let release: Release
        do { release = try await pipeline.release(id).release } catch let problem as ReleasesProblem
            where problem.category == .notFound
        {
            return nil
        }
        let here = try await pipeline.status().filter { $0.app == id.app }
        return Console.ReleaseFacts(
            release: release,
            places: here.map { status in
                var standing = PlaceFacts.Standing.never
                if let stable = status.stable, stable.release == id {
                    standing = .stable(since: stable.since)
                } else if let way = status.underWay, way.release == id, let look = way.look {
                    standing = .canary(weight: look.weight)
                }
                return PlaceFacts(environment: status.name, standing: standing)
            })
    }

    func incidents(limit: Int, onlyOpen: Bool) async throws -> [IncidentFacts] {
        try await incidentLog.newest(limit, onlyOpen: onlyOpen).map { Self.facts(of: $0) }
    }

    func incident(_ number: Int) async throws -> IncidentFacts? {
        try await incidentLog.incident(number).map { Self.facts(of: $0) }
    }

    func messages(limit: Int) async throws -> [MessageFacts] {
        try await channel.messages(limit: limit).map {
            MessageFacts(sequence: $0.sequence, at: $0.at, author: $0.author, text: $0.text)
        }
    }

    func events(_ scope: EventScope, limit: Int) async throws -> [DeliveryEvent] {
        var filter = Journal.Filter()
        switch scope {
        case .all: break
        case .run(let id): filter.run = id
        case .release(let id): filter.release = id
        }
        // The channel has a page of its own.
        let events = try await journal.events(filter, limit: 2 * limit)
        return Array(events.filter { $0.kind != .chatMessage }.suffix(limit))
    }

    private static func facts(of incident: Incident) -> IncidentFacts {
        IncidentFacts(
            number: incident.number, title: incident.title, app: incident.app, environment: incident.environment,
            service: incident.service, release: incident.release, commit: incident.commit, author: incident.author,
            subject: incident.subject, evidence: incident.evidence, remedy: incident.remedy,
            openedAt: incident.openedAt,
            closedAt: incident.closedAt)
    }
}
