import Delivery
import FoundationEssentials

/// Where everything stands: open incidents, environments, recent runs, the end of the Journal.
struct OverviewPage {
    var environments: [EnvironmentFacts]
    var incidents: [IncidentFacts]
    var runs: [RunSummary]
    var events: [DeliveryEvent]
    var viewer: Viewer
    var now: Date

    var page: Page {
        Page(
            title: "Overview", section: .overview, viewer: viewer, openIncidents: incidents.count,
            live: Link.live(Link.overview), content: content)
    }

    private var content: HTML {
        """
        <h1 class="hidden">Overview</h1>
        \(incidents.isEmpty ? HTML.none : "<section class=\"alarms\" aria-label=\"Open incidents\">\(incidents.map { IncidentCard($0).html })</section>")
        \(apps.isEmpty ? welcome : HTML.none)
        \(apps.map(section))
        <div class="columns">
        <section class="panel" aria-labelledby="recent-runs"><header><h2 id="recent-runs">Recent runs</h2><a href="\(Link.runs)">All runs</a></header>
        \(RunList(runs: runs, now: now).html)</section>
        <section class="panel" aria-labelledby="journal"><header><h2 id="journal">Journal</h2></header>\(JournalList(events: events.reversed()).html)</section>
        </div>
        """
    }

    private var apps: [(name: AppName, environments: [EnvironmentFacts])] {
        var order: [AppName] = []
        for environment in environments where !order.contains(environment.app) { order.append(environment.app) }
        return order.map { app in (app, environments.filter { $0.app == app }) }
    }

    private func section(_ app: (name: AppName, environments: [EnvironmentFacts])) -> HTML {
        let cards = app.environments.map { environment in
            EnvironmentCard(
                environment: environment,
                hasIncident: incidents.contains { $0.app == environment.app && $0.environment == environment.name },
                viewer: viewer, now: now
            ).html
        }
        return """
            <section class="app" aria-labelledby="app-\(app.name.value)" data-key="app-\(app.name.value)">\
            <h2 id="app-\(app.name.value)">\(app.name.value)</h2><div class="environments">\(cards)</div></section>
            """
    }

    private var welcome: HTML {
        """
        <section class="panel empty"><h2>Nothing is delivered yet</h2>
        <p>Put an <code>estiba.yml</code> at the root of a repository, then deliver it:</p>
        <pre><code>estiba deliver . --to dev</code></pre></section>
        """
    }
}
