import Alerts
import Delivery
import Logging
import Problems
import Releases

/// A release that came back becomes an incident.
struct DeliveryIncidents: IncidentReporting {
    let desk: IncidentDesk
    let logger: Logger

    func report(_ incident: DeliveryIncident) async {
        let revision = incident.release.revision
        let remedy = incident.serving.map { "\($0) serves; nothing need be undone. Mend the commit and push again." }
        do {
            try await desk.open(
                Incident(
                    fingerprint: "release:\(incident.release.id):\(incident.environment)",
                    title: "\(incident.release.id) came back from \(incident.environment): \(incident.setback.message)",
                    app: incident.release.id.app, environment: incident.environment, release: incident.release.id,
                    commit: revision.shortCommit, author: revision.authorName, subject: revision.subject,
                    evidence: incident.setback.evidence, remedy: remedy, openedAt: incident.at))
        } catch {
            logger.error("incident can't be recorded", metadata: ["error": "\(brief(error))"])
        }
    }
}
