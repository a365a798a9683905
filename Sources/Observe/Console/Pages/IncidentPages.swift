import Delivery
import FoundationEssentials

/// An incident in a few lines.
struct IncidentCard {
    var incident: IncidentFacts

    init(_ incident: IncidentFacts) {
        self.incident = incident
    }

    var html: HTML {
        let state: Tone = incident.closedAt == nil ? .bad : .idle
        return """
            <article class="incident \(state.rawValue)" data-key="incident-\(incident.number)">
            <header>\(state.pill(incident.closedAt == nil ? "open" : "over"))<h3><a href="\(Link.incident(incident.number))">\(incident.title)</a></h3>\
            <span class="quiet">\(Moment.ago(incident.openedAt))</span></header>
            \(blame)
            \(incident.evidence.first.map { "<p class=\"verdict clip\">\($0)</p>" })
            \(incident.closedAt == nil ? incident.remedy.map { "<p class=\"remedy\">\($0)</p>" } : nil)
            </article>
            """
    }

    /// The release, commit and author, and where.
    var blame: HTML {
        var parts: [HTML] = []
        if let environment = incident.environment {
            parts.append("<span>\(incident.app.map { "\($0) in " } ?? "")\(environment.value)</span>")
        } else if let app = incident.app {
            parts.append("<span>\(app.value)</span>")
        }
        if let service = incident.service { parts.append("<span>\(service)</span>") }
        if let release = incident.release {
            parts.append("<a href=\"\(Link.release(release))\">\(release.description)</a>")
        }
        if let commit = incident.commit {
            let subject: HTML? = incident.subject.map { " <span class=\"subject\">\($0)</span>" }
            parts.append("<span><span class=\"commit\">\(String(commit.prefix(7)))</span>\(subject)</span>")
        }
        if let author = incident.author { parts.append("<span>\(author)</span>") }
        return parts.isEmpty ? .none : "<p class=\"blame\">\(parts.joined(by: " · "))</p>"
    }
}

/// Every incident.
struct IncidentsPage {
    var incidents: [IncidentFacts]
    var viewer: Viewer

    var page: Page {
        let open = incidents.filter { $0.closedAt == nil }
        let over = incidents.filter { $0.closedAt != nil }
        return Page(
            title: "Incidents", section: .incidents, viewer: viewer, openIncidents: open.count,
            live: Link.live(Link.incidents),
            content: """
                <h1>Incidents</h1>
                \(open.isEmpty ? "<p class=\"quiet calm\">No incident is open.</p>" : "<section class=\"alarms\" aria-label=\"Open\">\(open.map { IncidentCard($0).html })</section>" as HTML)
                \(over.isEmpty ? HTML.none : "<h2>Over</h2><section class=\"alarms\" aria-label=\"Over\">\(over.map { IncidentCard($0).html })</section>")
                """)
    }
}

/// An incident with everything that speaks for it.
struct IncidentPage {
    var incident: IncidentFacts
    var openIncidents: Int
    var viewer: Viewer

    var page: Page {
        Page(
            title: "Incident \(incident.number)", section: .incidents, viewer: viewer, openIncidents: openIncidents,
            live: Link.live(Link.incident(incident.number)), content: content)
    }

    private var content: HTML {
        let isOpen = incident.closedAt == nil
        let evidence: HTML =
            incident.evidence.isEmpty
            ? "<p class=\"quiet pad\">None was kept.</p>"
            : "<pre class=\"evidence\" tabindex=\"0\">\(incident.evidence.map(Escaping.withoutTerminalCodes).joined(separator: "\n"))</pre>"
        return """
            <nav class="crumbs" aria-label="Where you are"><a href="\(Link.incidents)">Incidents</a> / <span aria-current="page">\(incident.number)</span></nav>
            <div class="headline"><h1>\(incident.title)</h1>\((isOpen ? Tone.bad : Tone.idle).pill(isOpen ? "open" : "over"))<div class="actions">\(action)</div></div>
            \(IncidentCard(incident).blame)
            \(incident.remedy.map { "<p class=\"lead \(isOpen ? "bad" : "idle")\">\($0)</p>" })
            <dl class="facts">\(Fact.html("Opened", Moment.clock(incident.openedAt)))\(incident.closedAt.map { Fact.html("Over", Moment.clock($0)) })</dl>
            <section class="panel" aria-labelledby="evidence"><header><h2 id="evidence">Evidence</h2></header>\(evidence)</section>
            """
    }

    private var action: HTML {
        guard incident.closedAt == nil, let app = incident.app, let environment = incident.environment else {
            return .none
        }
        return ActionForm(
            label: "Roll back \(environment)",
            question:
                "\(app) in \(environment) goes back to the release that was stable before: images, configuration and routes.",
            tone: .danger, order: .rollback(app, environment, to: nil)
        ).html(viewer)
    }
}
