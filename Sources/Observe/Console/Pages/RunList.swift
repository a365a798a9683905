import Delivery
import FoundationEssentials

/// Runs as a table.
struct RunList {
    var runs: [RunSummary]
    var now: Date

    var html: HTML {
        guard !runs.isEmpty else { return "<p class=\"quiet pad\">No run yet.</p>" }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="runs">
            <thead class="hidden"><tr><th scope="col">Run</th><th scope="col">Result</th><th scope="col">Commit</th><th scope="col">Time</th></tr></thead>
            <tbody>\(runs.map(row))</tbody></table></div>
            """
    }

    private func row(_ run: RunSummary) -> HTML {
        let time: HTML =
            run.endedAt.map { "\(Figures.duration(max(0, $0.timeIntervalSince(run.startedAt))))" }
            ?? Moment.since(run.startedAt, now: now)
        return """
            <tr data-key="run-\(run.id.description)"><td><a class="strong" href="\(Link.run(run.id))">\(run.id.description)</a></td>\
            <td>\(run.standing.tone.pill(run.standing.words))</td>\
            <td class="wide"><span class="commit">\(run.revision.shortCommit)</span> <span class="subject">\(run.revision.subject)</span>\
            <div class="quiet clip" title="\(run.summary)">\(run.summary)</div></td>\
            <td class="number quiet">\(Moment.ago(run.startedAt))<div>\(time)</div></td></tr>
            """
    }
}

/// Every run.
struct RunsPage {
    var runs: [RunSummary]
    var openIncidents: Int
    var viewer: Viewer
    var now: Date

    var page: Page {
        Page(
            title: "Runs", section: .runs, viewer: viewer, openIncidents: openIncidents, live: Link.live(Link.runs),
            content:
                "<h1>Runs</h1><section class=\"panel\" aria-label=\"Runs\">\(RunList(runs: runs, now: now).html)</section>"
        )
    }
}
