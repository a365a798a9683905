package import Delivery
package import FoundationEssentials
import Store

/// Approvals, freezes and windows of runs that wait.
extension Pipeline {
    /// Asks the gates of every run that wants into an environment, says what has changed, and returns the runs that
    /// must not start yet.
    func keepGates() async throws -> Set<RunID> {
        var kept: Set<RunID> = []
        var soonest: Date?
        for id in records.keys.sorted(by: { ($0.app, $0.number) < ($1.app, $1.number) }) {
            guard let record = records[id], let (name, states) = gates(of: record) else { continue }
            if record.state == .environment(name, .approval), record.askedAt?[name.value] == nil {
                try await change(id) { $0.askedAt = ($0.askedAt ?? [:]).merging([name.value: clock.now()]) { $1 } }
                return try await keepGates()
            }
            let keeping = Gates.keeping(states)
            for state in states {
                if case .waits(_, let until?) = state.decision { soonest = min(soonest ?? until, until) }
            }
            switch keeping?.decision {
            case .refused(let why): try await refuse(record, name, why, keeping)
            case .waits:
                kept.insert(id)
                if keeping?.gate == .approval {
                    if record.state == .environment(name, .waiting) { try await askAgain(record, name, keeping) }
                } else if record.keptBy?.summary != keeping?.summary {
                    try await tell(record, name, keeping)
                }
            case .open, nil:
                if record.keptBy != nil { try await open(record, name) }
            }
        }
        if let soonest { wake(at: soonest) }
        return kept
    }

    /// What the gates say to a run; nil where it asks none.
    func gates(of record: DeliveryRecord) -> (EnvironmentName, [GateState])? {
        guard case .environment(let name, let phase) = record.state, phase == .approval || phase == .waiting,
            !record.isRollback, let plan = record.file?.environment(name)
        else { return nil }
        var facts = GateFacts()
        facts.approvers = plan.approvers
        facts.approvalLasts = plan.approvalLasts
        facts.askedAt = record.askedAt?[name.value]
        facts.approval = record.approvals[name.value]
        facts.windows = plan.windows ?? []
        facts.freeze = freeze(of: record.id.app, name)
        return (name, Gates.decide(facts, now: clock.now()))
    }

    func freeze(of app: AppName, _ environment: EnvironmentName) -> Freeze? {
        freezes.first { $0.app == app && $0.environment == environment && $0.isInForce(at: clock.now()) }
    }

    // Each of these changes the record before anything else, since two may look at the gates at a time.

    private func refuse(_ record: DeliveryRecord, _ name: EnvironmentName, _ why: String, _ state: GateState?)
        async throws
    {
        // A crash may have come between this and the end of the run.
        if record.keptBy != state {
            report(record.id, name.value, .failed, why)
            try await change(record.id) { $0.keptBy = state }
            try await note(.gateRefused, record, environment: name, message: why)
        }
        try await finish(record.id, .failed(stage: name.value, message: why, evidence: []))
    }

    /// An approval has lapsed before the run could begin.
    private func askAgain(_ record: DeliveryRecord, _ name: EnvironmentName, _ state: GateState?) async throws {
        try await change(record.id) {
            $0.approvals[name.value] = nil
            $0.askedAt?[name.value] = clock.now()
            $0.keptBy = nil
            $0.state = .environment(name, .approval)
        }
        try await note(.gateWaits, record, environment: name, message: state?.summary ?? "")
        try await askForApproval(record.id, name)
    }

    private func tell(_ record: DeliveryRecord, _ name: EnvironmentName, _ state: GateState?) async throws {
        let why = state?.summary ?? ""
        report(record.id, name.value, .waiting, why)
        try await change(record.id) { $0.keptBy = state }
        try await note(
            .gateWaits, record, environment: name, message: "\(record.id) in \(name) \(why)",
            detail: ["gate": state?.gate.rawValue ?? ""])
    }

    private func open(_ record: DeliveryRecord, _ name: EnvironmentName) async throws {
        try await change(record.id) { $0.keptBy = nil }
        try await note(
            .gateOpened, record, environment: name, message: "nothing keeps \(record.id) from \(name) any more",
            detail: ["gate": record.keptBy?.gate.rawValue ?? ""])
    }

    // MARK: Freezes

    /// Lets nothing new begin in an environment. What is under way there goes on; going back stays possible.
    @discardableResult
    package func freeze(
        _ app: AppName, _ environment: EnvironmentName, until: Date?, reason: String, actor: String
    ) async throws -> Freeze {
        try await load()
        try await checkKnown(environment, app)
        let freeze = Freeze(
            app: app, environment: environment, until: until, reason: reason, actor: actor, at: clock.now())
        guard freeze.isInForce(at: clock.now()) else {
            throw ReleasesProblem.freezeInThePast(until: until?.formatted(.iso8601) ?? "")
        }
        try await store.save(freeze)
        freezes.removeAll { $0.app == app && $0.environment == environment }
        freezes.append(freeze)
        try await journal.record(
            .frozen, app: app, environment: environment, actor: actor, message: "\(environment) is \(freeze.summary)")
        await schedule()
        return freeze
    }

    /// Ends a freeze. Returns the one that was in force.
    @discardableResult
    package func unfreeze(_ app: AppName, _ environment: EnvironmentName, actor: String) async throws -> Freeze {
        try await load()
        guard let freeze = self.freeze(of: app, environment) else {
            throw ReleasesProblem.notFrozen(environment: environment.value)
        }
        try await store.removeFreeze(app, environment)
        freezes.removeAll { $0.app == app && $0.environment == environment }
        try await journal.record(
            .unfrozen, app: app, environment: environment, actor: actor,
            message: "\(environment) is no longer frozen (\(freeze.summary))")
        await schedule()
        return freeze
    }

    private func checkKnown(_ environment: EnvironmentName, _ app: AppName) async throws {
        guard let newest = try await newestRelease(app) else {
            throw ReleasesProblem.unknownApp(app.value)
        }
        let names = try await release(newest.id).file.environments.map(\.name)
        if names.contains(environment) { return }
        if try await store.environments().contains(where: { $0.app == app && $0.name == environment }) { return }
        throw ReleasesProblem.unknownEnvironment(environment.value, known: names.map(\.value))
    }
}

extension DeliveryEvent.Kind {
    package static let gateWaits = Self(rawValue: "gate.waits")
    package static let gateOpened = Self(rawValue: "gate.opened")
    package static let gateRefused = Self(rawValue: "gate.refused")
    package static let frozen = Self(rawValue: "environment.frozen")
    package static let unfrozen = Self(rawValue: "environment.unfrozen")
    package static let verified = Self(rawValue: "verify.passed")
    package static let verifyFailed = Self(rawValue: "verify.failed")
}
