import Alerts
import ArgumentParser
import Foundation

/// `estiba alerts`
struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Incidents, newest first, and what is pending or firing now.",
        discussion: "Example:  estiba alerts --open")
    @OptionGroup var server: ServerOptions
    @Flag(help: "Only incidents that are open.") var open = false

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let incidents = try await client.get(
                "/api/v1/incidents", query: [("open", open ? "true" : nil)], as: [Incident].self)
            if server.json { return try printJSON(incidents) }
            let style = Style.detect()
            if incidents.isEmpty { print("No incident\(open ? " is open" : " so far").") }
            for incident in incidents {
                let state = incident.closedAt == nil ? style.bad("open") : style.good("closed")
                print(
                    "\(style.bold("#\(incident.number)")) \(state) \(style.dim(incident.openedAt.formatted(.iso8601))) \(incident.title)"
                )
                if let commit = incident.commit {
                    print(
                        "    commit \(commit)\(incident.author.map { " by \($0)" } ?? "")\(incident.subject.map { ": \($0)" } ?? "")"
                    )
                }
                for line in incident.evidence.prefix(8) { print(style.dim("    \(line)")) }
                if let remedy = incident.remedy, incident.closedAt == nil { print("    \(remedy)") }
            }
            for alert in try await client.get("/api/v1/alerts", as: [ActiveAlert].self) {
                print(
                    "\(alert.state == .firing ? style.bad("firing") : style.warn("pending")) \(alert.rule) \(alert.annotations["summary"] ?? "")"
                )
            }
        } catch { throw fail(error) }
    }
}
