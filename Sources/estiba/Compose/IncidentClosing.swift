import Alerts
import Delivery
import Logging
import Problems
import ServiceLifecycle
import Store

/// Closes the incidents of releases that came back, once a good release serves in their place.
struct IncidentClosing: Service {
    let journal: Journal
    let incidents: IncidentLog
    let desk: IncidentDesk
    let logger: Logger

    func run() async throws {
        let successes = await journal.follow(.init(kinds: [.deploySucceeded, .promoted]))
        for await event in successes.cancelOnGracefulShutdown() {
            do { try await close(event) } catch {
                logger.error("incident can't be closed", metadata: ["error": "\(brief(error))"])
            }
        }
    }

    private func close(_ event: DeliveryEvent) async throws {
        guard let release = event.release, let environment = event.environment else { return }
        for incident in try await incidents.newest(200, onlyOpen: true)
        where incident.fingerprint.hasPrefix("release:") && incident.app == event.app
            && incident.environment == environment && (incident.release?.number ?? 0) < release.number
        {
            try await desk.close(incident.fingerprint, at: event.at)
        }
    }
}
