import Delivery
import FoundationEssentials

/// An environment on the overview: its release, its services on both tracks, what is under way, what one can do.
struct EnvironmentCard {
    var environment: EnvironmentFacts
    var hasIncident: Bool
    var viewer: Viewer
    var now: Date

    private var name: String { environment.name.value }
    private var id: String { "env-\(environment.app.value)-\(name)" }

    var html: HTML {
        let health = Health(environment, hasIncident: hasIncident)
        return """
            <article class="card \(health.tone.rawValue)" aria-labelledby="\(id)" data-key="\(id)">
            <header><h3 id="\(id)">\(name)</h3>\(health.tone.pill(health.words))<div class="actions">\(actions)</div></header>
            \(notices)
            \(stable)
            \(environment.underWay.map { UnderWayPanel(environment: environment, underWay: $0, viewer: viewer, now: now).html })
            \(environment.services.isEmpty ? HTML.none : table)
            </article>
            """
    }

    /// What a person should know before anything else.
    private var notices: [HTML] {
        let freeze: [HTML] =
            environment.freeze.map { ["<p class=\"detail\">\(Tone.warn.pill("frozen")) \($0)</p>"] } ?? []
        return freeze + environment.drift.map { "<p class=\"detail\">\(Tone.warn.pill("drift")) \($0)</p>" }
    }

    private var stable: HTML {
        guard let stable = environment.stable else { return "<p class=\"quiet\">No release yet.</p>" }
        let author: HTML = stable.author.isEmpty ? .none : " by \(stable.author)"
        return """
            <p class="release"><a class="strong" href="\(Link.release(stable.release))">\(stable.release.description)</a> \
            <a class="commit" href="\(Link.run(stable.run))" title="run \(stable.run.description)">\(String(stable.commit.prefix(7)))</a> \
            <span class="subject">\(stable.subject)</span></p>
            <p class="quiet">since \(Moment.ago(stable.since))\(author)</p>
            """
    }

    private var actions: HTML {
        guard environment.underWay == nil, let stable = environment.stable, let previous = environment.previous else {
            return .none
        }
        return ActionForm(
            label: "Roll back",
            question:
                "\(environment.app) in \(name) goes back from \(stable.release) to \(previous): images, configuration and routes.",
            tone: .danger, order: .rollback(environment.app, environment.name, to: previous)
        ).html(viewer)
    }

    private var table: HTML {
        let rows = environment.services.map { service in
            HTML.none + (service.stable.map { row(service, $0, .stable) } ?? .none)
                + (service.canary.map { row(service, $0, .canary) } ?? .none)
        }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Services in \(name)"><table>
            <thead><tr><th scope="col">Service</th><th scope="col">Pods</th>\
            <th scope="col" class="number">Req/s</th><th scope="col" class="number">Errors</th><th scope="col" class="number">p95</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    private func row(_ service: ServiceFacts, _ facts: TrackFacts, _ track: Track) -> HTML {
        let isReady = facts.readyPods >= facts.wantedPods
        // Only what differs from the heading is worth a line: an unchanged service keeps the pods of an older release.
        let expected = track == .stable ? environment.stable?.release : environment.underWay?.release
        let release: HTML? = facts.release.flatMap { release in
            release == expected
                ? nil : "<a class=\"origin\" href=\"\(Link.release(release))\">\(release.description)</a>"
        }
        let trouble: HTML? = facts.trouble.map { "<div class=\"trouble\">\($0)</div>" }
        let label: HTML =
            track == .canary && service.stable != nil
            ? "<span class=\"hidden\">\(service.name)</span><span class=\"branch\" aria-hidden=\"true\">↳</span> \(Tone.canary.pill("canary"))"
            : "\(service.name)\(track == .canary ? " \(Tone.canary.pill("canary"))" as HTML : .none)"
        return """
            <tr class="\(track.rawValue)" data-key="\(service.name)-\(track.rawValue)"><th scope="row">\(label)\(release)</th>\
            <td><span class="\(isReady ? "fine" : "lack")">\(facts.readyPods)/\(facts.wantedPods)<span class="hidden"> ready</span></span>\(trouble)</td>\
            \(traffic(facts.traffic))</tr>
            """
    }

    private func traffic(_ traffic: TrafficFacts?) -> HTML {
        guard let traffic else {
            return "<td class=\"number quiet\">–</td><td class=\"number quiet\">–</td><td class=\"number quiet\">–</td>"
        }
        let spark = Drawing.spark(traffic.recentRates, label: "requests a second of late")
        let share: HTML =
            traffic.errorShare.map { "<span class=\"\($0 >= 0.01 ? "lack" : "fine")\">\(Figures.share($0))</span>" }
            ?? "<span class=\"quiet\">–</span>"
        return """
            <td class="number">\(spark)\(Figures.rate(traffic.rate))</td><td class="number">\(share)</td>\
            <td class="number">\(traffic.p95.map(Figures.milliseconds) ?? "–")</td>
            """
    }
}
