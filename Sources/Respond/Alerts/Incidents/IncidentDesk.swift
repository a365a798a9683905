package import Delivery
package import FoundationEssentials
package import Store

/// Where messages about incidents go.
package protocol IncidentChannel: Sendable {
    func tell(_ text: String, about event: DeliveryEvent?) async throws
}

/// Opens and closes incidents: on disk, in the Journal, in the channel, in this order.
package struct IncidentDesk: Sendable {
    private let log: IncidentLog
    private let journal: Journal
    private let channel: any IncidentChannel

    package init(log: IncidentLog, journal: Journal, channel: any IncidentChannel) {
        self.log = log
        self.journal = journal
        self.channel = channel
    }

    /// Opens an incident and tells the team; does nothing if the same one is open.
    @discardableResult
    package func open(_ incident: Incident) async throws -> Incident? {
        guard let stored = try await log.open(incident) else { return nil }
        try await announce(stored, .incidentOpened)
        return stored
    }

    /// Closes an incident and tells the team.
    @discardableResult
    package func close(_ fingerprint: String, at: Date) async throws -> Incident? {
        guard let closed = try await log.close(fingerprint, at: at) else { return nil }
        try await announce(closed, .incidentClosed)
        return closed
    }

    package func newest(_ limit: Int = 50, onlyOpen: Bool = false) async throws -> [Incident] {
        try await log.newest(limit, onlyOpen: onlyOpen)
    }

    private func announce(_ incident: Incident, _ kind: DeliveryEvent.Kind) async throws {
        let event = try await journal.record(
            kind, app: incident.app, release: incident.release, environment: incident.environment,
            service: incident.service, commit: incident.commit, message: incident.title,
            detail: [
                "incident": String(incident.number), "author": incident.author ?? "",
                "evidence": incident.evidence.joined(separator: "\n"),
            ])
        try await channel.tell(incident.message, about: event)
    }
}
