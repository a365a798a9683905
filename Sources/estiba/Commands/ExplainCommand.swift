import ArgumentParser
import Delivery
import Foundation
import Releases

/// `estiba explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "A release from its commit to the last message about it, with the evidence for each step.",
        discussion: "Example:  estiba explain porttrack-42")
    @OptionGroup var server: ServerOptions
    @Argument(help: "The release.") var release: String

    func run() async throws {
        do {
            let facts = try await APIClient(server.directory).get(
                "/api/v1/releases/\(release)/explanation", as: Explanation.self)
            if server.json { return try printJSON(facts) }
            show(facts, Style.detect())
        } catch { throw fail(error) }
    }

    private func show(_ facts: Explanation, _ style: Style) {
        let revision = facts.release.revision
        line("commit", "\(revision.commit)  \"\(revision.subject)\"", style)
        line("", "\(revision.authorName), \(revision.committedAt.formatted(.iso8601))", style)
        if let run = facts.run {
            line("run", "\(run.id)  \(run.outcome)  \(run.purpose), by \(run.actor)", style)
            for stage in run.stages {
                line("", "\(stage.name) \(stage.status.rawValue)  \(stage.detail)", style)
            }
        }
        for (name, reference) in facts.release.images.sorted(by: { $0.key < $1.key }) {
            line("image", "\(name)  \(reference)", style)
        }
        line("release", "\(facts.release.id)  \(facts.release.createdAt.formatted(.iso8601))", style)
        for place in facts.places { show(place, style) }
        for event in facts.events {
            line("event", "\(event.at.formatted(.iso8601))  \(event.kind)  \(event.message)", style)
            for evidence in (event.detail["evidence"] ?? "").split(separator: "\n") {
                line("", String(evidence), style)
            }
        }
        for incident in facts.incidents {
            let end = incident.closedAt.map { "closed \($0.formatted(.iso8601))" } ?? "open"
            line("incident", "#\(incident.number) \(incident.title), \(end)", style)
        }
        for message in facts.messages {
            line("message", "\(message.at.formatted(.iso8601))  \(message.actor): \(message.message)", style)
        }
    }

    private func show(_ place: Explanation.Place, _ style: Style) {
        let since = place.since.map { " since \($0.formatted(.iso8601))" } ?? ""
        line("env", "\(place.environment)  \(place.standing)\(since)", style)
        for pod in place.pods {
            line("", "pod \(pod.name)  \(pod.service) \(pod.track)  \(pod.isReady ? "ready" : "not ready")", style)
        }
        if let requests = place.requests {
            line(
                "",
                "\(Int(requests.rounded())) requests, \(Int((place.errors ?? 0).rounded())) of them 5xx, in the last hour",
                style)
        }
    }

    private func line(_ title: String, _ text: String, _ style: Style) {
        print(style.accent(title + String(repeating: " ", count: max(0, 9 - title.count))), text)
    }
}

/// `estiba dora`
struct DoraCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dora",
        abstract: "The four keys: how often, how fast, how often it fails, how fast that is mended.",
        discussion: """
            Of each app in each environment, from the Journal:

            deployments  releases that became stable; going back is none
            lead time    from the commit to the release being stable, the median
            failures     changes that came back by themselves, or that a person rolled back later
            to restore   from the beginning of such a change to the earlier release serving again, the median

            Example:  estiba dora --env prod --days 90
            """)
    @OptionGroup var server: ServerOptions
    @Option(help: "Only this app.") var app: String?
    @Option(help: "Only this environment.") var env: String?
    @Option(help: "How many days back.") var days = KeyLedger.defaultDays

    func run() async throws {
        do {
            let all = try await APIClient(server.directory).get(
                "/api/v1/dora", query: [("app", app), ("env", env), ("days", String(days))], as: [DeliveryKeys].self)
            if server.json { return try printJSON(all) }
            var table = TextTable(["APP", "ENVIRONMENT", "DEPLOYMENTS", "A DAY", "LEAD TIME", "FAILURES", "TO RESTORE"])
            for keys in all {
                let share = keys.changeFailureRate.map { " (\(Int(($0 * 100).rounded())) %)" } ?? ""
                table.add([
                    keys.app.value, keys.environment.value, String(keys.deployments),
                    String((keys.deploymentsPerDay * 100).rounded() / 100),
                    keys.leadTime.map { readable(seconds: $0) } ?? "-",
                    "\(keys.failures) of \(keys.changes)\(share)",
                    keys.timeToRestore.map { readable(seconds: $0) } ?? "-",
                ])
            }
            print(table.render(Style.detect()))
        } catch { throw fail(error) }
    }
}
