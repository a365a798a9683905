import Delivery

/// The pages, each from what it needs to know.
extension ConsoleRoutes {
    func overview(_ viewer: Viewer) async throws -> Page {
        async let environments = facts.environments()
        async let incidents = facts.incidents(limit: 20, onlyOpen: true)
        async let runs = facts.runs(limit: 8)
        async let events = facts.events(.all, limit: 25)
        return try await OverviewPage(
            environments: environments, incidents: incidents, runs: runs, events: events, viewer: viewer, now: now()
        ).page
    }

    func runs(_ viewer: Viewer) async throws -> Page {
        try await RunsPage(
            runs: facts.runs(limit: 100), openIncidents: openIncidents(), viewer: viewer, now: now()
        ).page
    }

    func run(_ id: RunID, _ viewer: Viewer) async throws -> Page {
        guard let run = try await facts.run(id) else { throw ConsoleProblem.notFound(what: "run \(id)") }
        return try await RunPage(
            run: run, events: facts.events(.run(id), limit: 200), openIncidents: openIncidents(), viewer: viewer,
            now: now()
        ).page
    }

    func releases(_ viewer: Viewer) async throws -> Page {
        try await ReleasesPage(
            releases: facts.releases(limit: 100), environments: facts.environments(), openIncidents: openIncidents(),
            viewer: viewer
        ).page
    }

    func release(_ id: ReleaseID, _ viewer: Viewer) async throws -> Page {
        guard let release = try await facts.release(id) else { throw ConsoleProblem.notFound(what: "release \(id)") }
        return try await ReleasePage(
            facts: release, events: facts.events(.release(id), limit: 200), openIncidents: openIncidents(),
            viewer: viewer
        ).page
    }

    func incidents(_ viewer: Viewer) async throws -> Page {
        try await IncidentsPage(incidents: facts.incidents(limit: 100, onlyOpen: false), viewer: viewer).page
    }

    func incident(_ number: Int, _ viewer: Viewer) async throws -> Page {
        guard let incident = try await facts.incident(number) else {
            throw ConsoleProblem.notFound(what: "incident \(number)")
        }
        return try await IncidentPage(incident: incident, openIncidents: openIncidents(), viewer: viewer).page
    }

    func ops(_ viewer: Viewer) async throws -> Page {
        try await OpsPage(messages: facts.messages(limit: 100), openIncidents: openIncidents(), viewer: viewer).page
    }

    private func openIncidents() async throws -> Int { try await facts.incidents(limit: 100, onlyOpen: true).count }
}
