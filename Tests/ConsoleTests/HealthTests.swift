import Delivery
import Testing

@testable import Console

@Suite("health of an environment")
struct HealthTests {
    private func environment(_ pods: [(ready: Int, wanted: Int)], deployed: Bool = true, underWay: Bool = false)
        -> EnvironmentFacts
    {
        let run = RunID(app: Port.app, number: 1)
        return EnvironmentFacts(
            app: Port.app, name: Port.name("prod"),
            stable: deployed
                ? DeployedFacts(
                    release: ReleaseID(app: Port.app, number: 1), run: run, commit: "3f2a9c1", subject: "", author: "",
                    since: Port.now) : nil,
            services: pods.enumerated().map {
                ServiceFacts(
                    name: "s\($0.offset)",
                    stable: TrackFacts(readyPods: $0.element.ready, wantedPods: $0.element.wanted))
            },
            underWay: underWay ? UnderWayFacts(run: run, release: nil, commit: "3f2a9c1", phase: .installing) : nil)
    }

    @Test("is the worst of what is seen")
    func worst() {
        #expect(Health(environment([], deployed: false), hasIncident: false) == .empty)
        #expect(Health(environment([], deployed: false, underWay: true), hasIncident: false) == .changing)
        #expect(Health(environment([(2, 2), (1, 1)]), hasIncident: false) == .well)
        #expect(Health(environment([(2, 2), (1, 1)], underWay: true), hasIncident: false) == .changing)
        #expect(Health(environment([(2, 2), (1, 2)], underWay: true), hasIncident: false) == .poor)
        #expect(Health(environment([(2, 2)]), hasIncident: true) == .poor)
        #expect(Health(environment([(2, 2), (0, 1)]), hasIncident: false) == .down)
        #expect(Health(environment([(0, 0)]), hasIncident: false) == .well)
    }
}
