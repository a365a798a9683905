import Delivery
import FoundationEssentials

/// A run: its stages, jobs with their logs, canary steps, and what a failure left.
struct RunPage {
    var run: RunFacts
    var events: [DeliveryEvent]
    var openIncidents: Int
    var viewer: Viewer
    var now: Date

    private var summary: RunSummary { run.summary }

    var page: Page {
        Page(
            title: "Run \(summary.id)", section: .runs, viewer: viewer, openIncidents: openIncidents,
            live: Link.live(Link.run(summary.id)), content: content)
    }

    private var content: HTML {
        """
        <nav class="crumbs" aria-label="Where you are"><a href="\(Link.runs)">Runs</a> / <span aria-current="page">\(summary.id.description)</span></nav>
        <div class="headline"><h1>\(summary.purpose)</h1>\(summary.standing.tone.pill(summary.standing.words))<div class="actions">\(actions)</div></div>
        \(summary.summary.isEmpty || summary.standing == .succeeded ? HTML.none : "<p class=\"lead \(summary.standing.tone.rawValue)\">\(summary.summary)</p>")
        \(facts)
        \(evidence)
        \(StageList(stages: run.stages, runStart: summary.startedAt, runEnd: summary.endedAt, now: now).html)
        \(looks)
        \(jobs)
        <section class="panel" aria-labelledby="run-journal"><header><h2 id="run-journal">Journal</h2></header>\(JournalList(events: events).html)</section>
        """
    }

    private var facts: HTML {
        let revision = summary.revision
        let took: HTML =
            summary.endedAt.map { "\(Figures.duration(max(0, $0.timeIntervalSince(summary.startedAt))))" }
            ?? Moment.since(summary.startedAt, now: now)
        var items: [HTML] = [
            Fact.html(
                "Commit",
                "<span class=\"commit\" title=\"\(revision.commit)\">\(revision.shortCommit)</span> on \(Fact.branch(revision.ref))"
            ),
            Fact.html("Author", "\(revision.authorName)"),
            Fact.html("Started", "\(Moment.clock(summary.startedAt)) by \(summary.actor)"),
            Fact.html(summary.standing.isFinished ? "Took" : "Runs for", took),
        ]
        if let release = summary.release {
            items.append(Fact.html("Release", "<a href=\"\(Link.release(release))\">\(release.description)</a>"))
        }
        if let leadTime = run.leadTime { items.append(Fact.html("Lead time", "\(Figures.duration(leadTime))")) }
        return "<dl class=\"facts\">\(items)</dl>"
    }

    private var actions: [HTML] {
        guard !summary.standing.isFinished else { return [] }
        var forms: [ActionForm] = []
        if let environment = run.environment, run.phase == .approval {
            forms.append(
                ActionForm(
                    label: "Approve",
                    question: "The run goes on into \(environment). \(UnderWayPanel.who(run.approvers))",
                    tone: .primary,
                    order: .approve(summary.id.app, environment)))
        }
        if let environment = run.environment, run.phase == .canary || run.phase == .startingCanary {
            forms.append(
                ActionForm(
                    label: "Promote",
                    question: "The canary gets all of the traffic of \(environment) now, without the judge.",
                    tone: .primary, order: .promote(summary.id.app, environment, release: nil)))
        }
        if run.phase != .restoring {
            forms.append(
                ActionForm(
                    label: "Stop", question: "Run \(summary.id) is stopped, and what it has changed is taken back.",
                    tone: .danger, order: .stop(summary.id)))
        }
        return forms.map { $0.html(viewer) }
    }

    private var evidence: HTML {
        guard !run.evidence.isEmpty else { return .none }
        return """
            <section class="panel bad" aria-labelledby="evidence"><header><h2 id="evidence">What speaks against it</h2></header>\
            <pre class="evidence" tabindex="0">\(run.evidence.map(Escaping.withoutTerminalCodes).joined(separator: "\n"))</pre></section>
            """
    }

    private var looks: HTML {
        guard !run.looks.isEmpty else { return .none }
        let items = run.looks.map { look -> HTML in
            """
            <li data-key="look-\(look.environment.value)-\(look.look.step)"><p class="quiet">\(look.environment.value) · \(Moment.clock(look.at))</p>\
            \(CanaryLook(look: look.look, showsAllReasons: true).html)</li>
            """
        }
        return """
            <section class="panel" aria-labelledby="canary"><header><h2 id="canary">Canary</h2></header><ol class="looks">\(items)</ol></section>
            """
    }

    private var jobs: HTML {
        guard !run.jobs.isEmpty else { return .none }
        return """
            <section class="panel" aria-labelledby="jobs"><header><h2 id="jobs">Jobs</h2></header>\(run.jobs.map { JobPanel(run: summary.id, job: $0, now: now).html })</section>
            """
    }
}

/// One line of a list of facts.
enum Fact {
    static func html(_ name: String, _ value: HTML, isWide: Bool = false) -> HTML {
        "<div\(isWide ? " class=\"wide\"" as HTML : .none)><dt>\(name)</dt><dd>\(value)</dd></div>"
    }

    /// `main` of `refs/heads/main`
    static func branch(_ ref: String) -> String {
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }
}
