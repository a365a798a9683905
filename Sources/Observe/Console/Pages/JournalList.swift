import Delivery
import FoundationEssentials

/// Events of the Journal, in the order given.
struct JournalList {
    var events: [DeliveryEvent]

    var html: HTML {
        guard !events.isEmpty else { return "<p class=\"quiet pad\">Nothing has happened yet.</p>" }
        return "<ol class=\"journal\">\(events.map(row))</ol>"
    }

    private func row(_ event: DeliveryEvent) -> HTML {
        var about: [HTML] = []
        if let environment = event.environment { about.append("<span>\(environment.value)</span>") }
        if let release = event.release {
            about.append("<a href=\"\(Link.release(release))\">\(release.description)</a>")
        } else if let run = event.run {
            about.append("<a href=\"\(Link.run(run))\">run \(run.description)</a>")
        } else if let app = event.app {
            about.append("<span>\(app.value)</span>")
        }
        if let service = event.service { about.append("<span>\(service)</span>") }
        if let commit = event.commit { about.append("<span class=\"commit\">\(String(commit.prefix(7)))</span>") }
        if event.actor != "estiba" { about.append("<span>\(event.actor)</span>") }
        return """
            <li data-key="event-\(Int(event.sequence))"><span class="kind \(event.kind.tone.rawValue)">\(event.kind.rawValue)</span>\
            <span class="what">\(event.message)</span><span class="quiet about">\(about.joined(by: " · "))</span>\(Moment.clock(event.at))</li>
            """
    }
}

extension DeliveryEvent.Kind {
    var tone: Tone {
        switch self {
        case .runFailed, .deployFailed, .rolledBack, .incidentOpened: .bad
        case .runSucceeded, .deploySucceeded, .promoted, .approved, .incidentClosed: .good
        case .canaryStep, .canaryVerdict: .canary
        case .runInterrupted, .approvalRequested: .warn
        default: .idle
        }
    }
}
