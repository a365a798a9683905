import Console
import Delivery
import Foundation
import Synchronization

/// A console's world that a test writes: PortTrack in two environments, a canary under way, an incident.
final class ScriptedFacts: ConsoleFacts {
    let world: Mutex<World>

    struct World: Sendable {
        var environments: [EnvironmentFacts] = []
        var runs: [RunFacts] = []
        var releases: [ReleaseFacts] = []
        var incidents: [IncidentFacts] = []
        var messages: [MessageFacts] = []
        var events: [DeliveryEvent] = []
        /// `workflow/job` → lines
        var logs: [String: [LogLineFacts]] = [:]
        var failure: (any Error)?
    }

    init(_ world: World) { self.world = Mutex(world) }

    func change(_ body: @Sendable (inout World) -> Void) { world.withLock { body(&$0) } }

    private func get<Value>(_ body: (World) -> Value) throws -> Value {
        try world.withLock { world in
            if let failure = world.failure { throw failure }
            return body(world)
        }
    }

    func environments() async throws -> [EnvironmentFacts] { try get(\.environments) }
    func runs(limit: Int) async throws -> [RunSummary] { try get { Array($0.runs.map(\.summary).prefix(limit)) } }
    func run(_ id: RunID) async throws -> RunFacts? { try get { $0.runs.first { $0.summary.id == id } } }
    func releases(limit: Int) async throws -> [Release] { try get { Array($0.releases.map(\.release).prefix(limit)) } }
    func release(_ id: ReleaseID) async throws -> ReleaseFacts? {
        try get { $0.releases.first { $0.release.id == id } }
    }
    func incidents(limit: Int, onlyOpen: Bool) async throws -> [IncidentFacts] {
        try get { Array($0.incidents.filter { !onlyOpen || $0.closedAt == nil }.prefix(limit)) }
    }
    func incident(_ number: Int) async throws -> IncidentFacts? {
        try get { $0.incidents.first { $0.number == number } }
    }
    func messages(limit: Int) async throws -> [MessageFacts] { try get { Array($0.messages.suffix(limit)) } }
    func events(_ scope: EventScope, limit: Int) async throws -> [DeliveryEvent] {
        try get { world in
            let events = world.events.filter { event in
                switch scope {
                case .all: true
                case .run(let id): event.run == id
                case .release(let id): event.release == id
                }
            }
            return Array(events.suffix(limit))
        }
    }
    func log(of run: RunID, workflow: String, job: String) async throws -> AsyncThrowingStream<LogLineFacts, any Error>?
    {
        guard let lines = try get({ $0.logs["\(workflow)/\(job)"] }) else { return nil }
        return AsyncThrowingStream { continuation in
            for line in lines { continuation.yield(line) }
            continuation.finish()
        }
    }
}

/// Remembers what was asked for.
final class ScriptedActions: ConsoleActions {
    let orders = Mutex<[(order: ConsoleOrder, actor: String)]>([])
    let said = Mutex<[(text: String, actor: String)]>([])
    let refusal: (any Error)?

    init(refusal: (any Error)? = nil) { self.refusal = refusal }

    func perform(_ order: ConsoleOrder, actor: String) async throws -> RunID {
        if let refusal { throw refusal }
        orders.withLock { $0.append((order, actor)) }
        return RunID(app: Port.app, number: 43)
    }

    func say(_ text: String, actor: String) async throws { said.withLock { $0.append((text, actor)) } }
}
