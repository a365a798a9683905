import Delivery
import FoundationEssentials

/// A release: what it is made of, where it runs or ran, what happened to it.
struct ReleasePage {
    var facts: ReleaseFacts
    var events: [DeliveryEvent]
    var openIncidents: Int
    var viewer: Viewer

    private var release: Release { facts.release }

    var page: Page {
        Page(
            title: "Release \(release.id)", section: .releases, viewer: viewer, openIncidents: openIncidents,
            live: Link.live(Link.release(release.id)), content: content)
    }

    private var content: HTML {
        let revision = release.revision
        let images = release.images.sorted { $0.key < $1.key }.map { name, reference -> HTML in
            "<tr><th scope=\"row\">\(name)</th><td class=\"wide\"><code class=\"digest\">\(reference)</code></td></tr>"
        }
        return """
            <nav class="crumbs" aria-label="Where you are"><a href="\(Link.releases)">Releases</a> / <span aria-current="page">\(release.id.description)</span></nav>
            <div class="headline"><h1>\(release.id.description)</h1><span class="subject">\(revision.subject)</span></div>
            <dl class="facts">\
            \(Fact.html("Commit", "<code class=\"digest\">\(revision.commit)</code> on \(Fact.branch(revision.ref))", isWide: true))\
            \(Fact.html("Author", "\(revision.authorName) <span class=\"quiet\">\(revision.authorEmail)</span>"))\
            \(Fact.html("Committed", Moment.clock(revision.committedAt)))\
            \(Fact.html("Released", Moment.clock(release.createdAt)))\
            \(Fact.html("Run", "<a href=\"\(Link.run(release.run))\">\(release.run.description)</a>"))\
            \(Fact.html("Manifests", "<code class=\"digest\">\(release.manifestsDigest)</code>", isWide: true))\
            </dl>
            <section class="panel" aria-labelledby="places"><header><h2 id="places">Environments</h2></header>\(places)</section>
            <section class="panel" aria-labelledby="images"><header><h2 id="images">Images</h2></header>\
            \(images.isEmpty ? "<p class=\"quiet pad\">No image of its own.</p>" : "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Images\"><table><tbody>\(images)</tbody></table></div>" as HTML)</section>
            <section class="panel" aria-labelledby="release-journal"><header><h2 id="release-journal">Journal</h2></header>\(JournalList(events: events).html)</section>
            """
    }

    private var places: HTML {
        guard !facts.places.isEmpty else { return "<p class=\"quiet pad\">It never came anywhere.</p>" }
        return "<ul class=\"places\">\(facts.places.map(row))</ul>"
    }

    private func row(_ place: PlaceFacts) -> HTML {
        "<li data-key=\"place-\(place.environment.value)\"><span class=\"strong\">\(place.environment.value)</span>\(standing(place.standing))<div class=\"actions\">\(action(place))</div></li>"
    }

    private func standing(_ standing: PlaceFacts.Standing) -> HTML {
        switch standing {
        case .never: "\(Tone.idle.pill("not here"))"
        case .stable(let since): "\(Tone.good.pill("serves"))<span class=\"quiet\">since \(Moment.ago(since))</span>"
        case .canary(let weight):
            "\(Tone.canary.pill("canary"))<span class=\"quiet\">\(Figures.percent(weight)) of the traffic</span>"
        case .earlier(let since): "\(Tone.idle.pill("earlier"))<span class=\"quiet\">came \(Moment.ago(since))</span>"
        }
    }

    private func action(_ place: PlaceFacts) -> HTML {
        let app = release.id.app
        switch place.standing {
        case .stable, .canary: return .none
        case .never:
            return ActionForm(
                label: "Promote to \(place.environment)",
                question: "\(release.id) goes into \(place.environment), with its gates and canary.", tone: .primary,
                order: .promote(app, place.environment, release: release.id)
            ).html(viewer)
        case .earlier:
            return ActionForm(
                label: "Roll back to this",
                question:
                    "\(app) in \(place.environment) goes back to \(release.id) at once: images, configuration and routes.",
                tone: .danger, order: .rollback(app, place.environment, to: release.id)
            ).html(viewer)
        }
    }
}

/// Every release.
struct ReleasesPage {
    var releases: [Release]
    /// Where releases are stable.
    var environments: [EnvironmentFacts]
    var openIncidents: Int
    var viewer: Viewer

    var page: Page {
        Page(
            title: "Releases", section: .releases, viewer: viewer, openIncidents: openIncidents,
            live: Link.live(Link.releases),
            content: "<h1>Releases</h1><section class=\"panel\" aria-label=\"Releases\">\(list)</section>")
    }

    private var list: HTML {
        guard !releases.isEmpty else {
            return "<p class=\"quiet pad\">No release yet: the first run whose images are built makes one.</p>"
        }
        return
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Releases\"><table class=\"runs\"><tbody>\(releases.map(row))</tbody></table></div>"
    }

    private func row(_ release: Release) -> HTML {
        let places = environments.filter { $0.stable?.release == release.id }.map { Tone.good.pill($0.name.value) }
        let canaries = environments.filter { $0.underWay?.release == release.id }.map {
            Tone.canary.pill($0.name.value)
        }
        return """
            <tr data-key="release-\(release.id.description)"><td><a class="strong" href="\(Link.release(release.id))">\(release.id.description)</a></td>\
            <td class="wide"><span class="commit">\(release.revision.shortCommit)</span> <span class="subject">\(release.revision.subject)</span>\
            <div class="quiet">\(release.revision.authorName)</div></td><td>\((places + canaries).joined(by: " "))</td>\
            <td class="number quiet">\(Moment.ago(release.createdAt))</td></tr>
            """
    }
}
