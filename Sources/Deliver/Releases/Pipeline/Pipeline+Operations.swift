package import Delivery
import FoundationEssentials
package import Store

/// What people and programs may ask of the pipeline. Who may do what is decided before; `actor` is written down.
extension Pipeline {
    /// Starts the delivery of a commit as far as `target`, or as far as its file goes. The same commit on its way to
    /// the same place is not started twice: the run under way is returned.
    package func deliver(_ revision: Revision, to target: EnvironmentName? = nil, actor: String) async throws -> RunID {
        try await load()
        if let same = records.values.first(where: {
            $0.kind == .delivery && $0.revision.commit == revision.commit && $0.id.app == revision.app
                && $0.target == target && $0.preview == nil
        }) {
            return same.id
        }
        return try await begin(.delivery, revision, to: target, actor: actor)
    }

    /// Starts the delivery of what `ref` (a branch, tag or commit) names.
    package func deliver(app: AppName, ref: String, to target: EnvironmentName? = nil, actor: String) async throws
        -> RunID
    {
        try await deliver(try await ports.commits.revision(of: app, at: ref), to: target, actor: actor)
    }

    /// With a canary under way in the environment: all of the traffic now, without the judge. Otherwise brings a release
    /// there, by default the one that is stable in the environment before. Returns the run.
    package func promote(
        _ app: AppName, _ environment: EnvironmentName, release: ReleaseID? = nil, actor: String
    ) async throws -> RunID {
        try await load()
        if release == nil, let record = canary(app, environment) {
            try await change(record.id) { $0.promote = DeliveryRecord.Order(actor: actor, at: clock.now()) }
            return record.id
        }
        let wanted = if let release { release } else { try await releaseBefore(environment, app) }
        let content = try await content(wanted)
        guard content.file.environment(environment) != nil else {
            throw ReleasesProblem.unknownEnvironment(
                environment.value, known: content.file.environments.map(\.name.value))
        }
        return try await begin(.promotion(content.release.id), content, to: environment, actor: actor)
    }

    /// Lets the run go on that waits for approval. `roles`: what `actor` is besides the name; `origin`: where the word was
    /// given, such as `console`.
    package func approve(
        _ app: AppName, _ environment: EnvironmentName, actor: String, roles: Set<String> = [], origin: String? = nil
    ) async throws -> RunID {
        try await load()
        guard
            let record = records.values.first(where: {
                $0.id.app == app && $0.state == .environment(environment, .approval)
            })
        else { throw ReleasesProblem.nothingToApprove(environment: environment.value) }
        let approvers = record.file?.environment(environment)?.approvers ?? []
        guard approvers.contains(actor) || !roles.isDisjoint(with: approvers) else {
            throw ReleasesProblem.notAnApprover(actor: actor, approvers: approvers)
        }
        let message = "approved by \(actor)" + (origin.map { " (\($0))" } ?? "")
        try await note(
            .approved, record, environment: environment, actor: actor, message: message,
            detail: origin.map { ["origin": $0] } ?? [:])
        report(record.id, environment.value, .running, message)
        try await change(record.id) {
            $0.approvals[environment.value] = DeliveryRecord.Order(actor: actor, at: clock.now(), origin: origin)
            $0.state = .environment(environment, .waiting)
        }
        await schedule()
        return record.id
    }

    /// Stops what is under way in an environment; what it changed there is taken back.
    @discardableResult
    package func abort(_ app: AppName, _ environment: EnvironmentName, actor: String) async throws -> RunID {
        try await load()
        let here = records.values.filter { $0.id.app == app && $0.state.environment == environment }
        guard let record = here.first(where: { $0.state.isActive }) ?? here.max(by: { $0.id.number < $1.id.number })
        else {
            throw ReleasesProblem.nothingToAbort(environment: environment.value)
        }
        try await abort(record.id, actor: actor)
        return record.id
    }

    /// Stops a run wherever it is.
    package func abort(_ id: RunID, actor: String) async throws {
        try await load()
        guard let record = records[id] else { throw ReleasesProblem.unknownRun(id.description) }
        if !record.state.isActive {
            try await finish(id, .aborted(by: actor))
            await schedule()
            return
        }
        try await change(id) { $0.abort = DeliveryRecord.Order(actor: actor, at: clock.now()) }
        if record.state.isBuilding || record.state.isVerifying { stop(id) }
    }

    /// Goes back: images, configuration and routes together. With a deployment under way there this means to stop it;
    /// otherwise to a release, by default the one that was stable before. Returns the run that does it.
    package func rollback(
        _ app: AppName, _ environment: EnvironmentName, to release: ReleaseID? = nil, actor: String
    ) async throws -> RunID {
        try await load()
        let active = records.values.first {
            $0.id.app == app && $0.state.environment == environment && $0.state.isActive && !$0.isRollback
        }
        if let active {
            try await abort(active.id, actor: actor)
            if release == nil { return active.id }
        }
        let state = try await store.environment(app, environment)
        guard let goal = release ?? state.earlier.first?.release else {
            throw ReleasesProblem.nothingToRollBackTo(environment: environment.value)
        }
        return try await begin(.rollback(goal), try await content(goal), to: environment, actor: actor)
    }

    // MARK: Questions

    /// The progress of a run from its first line on; ends with the run.
    package func follow(_ id: RunID) async throws -> AsyncStream<DeliveryProgress> {
        try await load()
        if records[id] != nil {
            let follower = logs[id, default: ProgressLog()].follow()
            follower.continuation.onTermination = { _ in Task { await self.unfollow(id, follower.id) } }
            return follower.stream
        }
        guard try await store.run(id) != nil else { throw ReleasesProblem.unknownRun(id.description) }
        let lines = try await store.progress(id)
        return AsyncStream { continuation in
            for line in lines { continuation.yield(line) }
            continuation.finish()
        }
    }

    private func unfollow(_ id: RunID, _ follower: Int) { logs[id]?.unfollow(follower) }

    /// Every environment of every app, in the order of the app's newest file.
    package func status() async throws -> [EnvironmentStatus] {
        try await load()
        let states = try await store.environments()
        var all: [EnvironmentStatus] = []
        for app in try await store.apps() {
            let newest = try await newestRelease(app)
            var names: [EnvironmentName] = []
            if let newest, let content = try await store.content(newest.id) {
                names = content.file.environments.map(\.name)
            }
            let known = states.filter { $0.app == app }
            names += known.map(\.name).filter { !names.contains($0) }
            for name in names {
                var status = EnvironmentStatus(app: app, name: name, state: known.first { $0.name == name })
                if let stable = status.stable { status.release = try await store.content(stable.release)?.release }
                let here = records.values.filter { $0.id.app == app && $0.state.environment == name }
                if let record = here.first(where: { $0.state.isActive })
                    ?? here.max(by: { $0.id.number < $1.id.number })
                {
                    status.underWay = EnvironmentStatus.UnderWay(
                        record, look: logs[record.id]?.lastLook, gates: gates(of: record)?.1)
                }
                status.freeze = freeze(of: app, name)
                let drift = self.drift(of: app, name)
                status.drift = drift.isEmpty ? nil : drift
                all.append(status)
            }
        }
        return all
    }

    /// The runs that haven't ended, oldest first.
    package func unfinished() async throws -> [DeliveryRecord] {
        try await load()
        return records.values.sorted { ($0.createdAt, $0.id.number) < ($1.createdAt, $1.id.number) }
    }

    /// Newest first.
    package func releases(_ app: AppName, limit: Int = 50) async throws -> [Release] {
        try await store.releases(app: app, limit: limit)
    }

    /// The releases that serve, that can be gone back to, that a run works on, and the newest of each app.
    package func releasesInUse(newest: Int) async throws -> [Release] {
        try await load()
        var ids = Set(records.values.compactMap(\.release))
        for state in try await store.environments() {
            ids.formUnion(state.earlier.map(\.release))
            if let stable = state.stable { ids.insert(stable.release) }
        }
        var releases: [Release] = []
        for app in try await store.apps() { releases += try await store.releases(app: app, limit: newest) }
        for id in ids.subtracting(releases.map(\.id)) {
            if let content = try await store.content(id) { releases.append(content.release) }
        }
        return releases
    }

    package func release(_ id: ReleaseID) async throws -> ReleaseContent { try await content(id) }

    /// Newest first.
    package func runs(_ app: AppName, limit: Int = 50) async throws -> [DeliveryRecord] {
        try await store.runs(app: app, limit: limit)
    }

    package func run(_ id: RunID) async throws -> DeliveryRecord {
        if let record = records[id] { return record }
        guard let record = try await store.run(id) else { throw ReleasesProblem.unknownRun(id.description) }
        return record
    }

    /// Every app that was ever delivered, by name.
    package func apps() async throws -> [AppName] { try await store.apps() }

    /// The progress of a run so far.
    package func progress(_ id: RunID) async throws -> [DeliveryProgress] { try await store.progress(id) }

    package func history(_ filter: Journal.Filter = Journal.Filter(), limit: Int = 200) async throws -> [DeliveryEvent]
    {
        try await journal.events(filter, limit: limit)
    }

    // MARK: Inside

    private func begin(
        _ kind: DeliveryRecord.Kind, _ content: ReleaseContent, to target: EnvironmentName, actor: String
    ) async throws -> RunID {
        try await begin(kind, content.release.revision, to: target, actor: actor, content: content)
    }

    func begin(
        _ kind: DeliveryRecord.Kind, _ revision: Revision, to target: EnvironmentName?, actor: String,
        content: ReleaseContent? = nil, preview: EnvironmentName? = nil
    ) async throws -> RunID {
        let now = clock.now()
        let record = try await store.createRun(revision.app) { id in
            var record = DeliveryRecord(
                id: id, kind: kind, revision: revision, target: target, actor: actor, createdAt: now)
            record.preview = preview
            record.file = content?.file
            record.release = content?.release.id
            // An environment that the file has dropped since can still go back.
            if let target, content != nil, record.file?.environment(target) == nil {
                record.file?.environments.append(EnvironmentPlan(name: target))
            }
            return record
        }
        records[record.id] = record
        logs[record.id] = ProgressLog()
        try await note(.runStarted, record, environment: target, message: "\(record.purpose) started by \(actor)")
        report(record.id, "run", .running, record.purpose)
        await schedule()
        return record.id
    }

    private func canary(_ app: AppName, _ environment: EnvironmentName) -> DeliveryRecord? {
        records.values.first { record in
            guard record.id.app == app, case .environment(environment, let phase) = record.state else { return false }
            switch phase {
            case .startingCanary, .canary, .watching: return true
            default: return false
            }
        }
    }

    /// What is stable in the environment before this one, by the newest file.
    private func releaseBefore(_ environment: EnvironmentName, _ app: AppName) async throws -> ReleaseID {
        guard let newest = try await newestRelease(app) else {
            throw ReleasesProblem.unknownApp(app.value)
        }
        let names = try await content(newest.id).file.environments.map(\.name)
        guard let index = names.firstIndex(of: environment) else {
            throw ReleasesProblem.unknownEnvironment(environment.value, known: names.map(\.value))
        }
        guard index > 0 else {
            throw ReleasesProblem.nothingToPromote(
                environment: environment.value, why: "no environment comes before it")
        }
        guard let stable = try await store.environment(app, names[index - 1]).stable else {
            throw ReleasesProblem.nothingToPromote(
                environment: environment.value, why: "\(names[index - 1]) has no release yet")
        }
        return stable.release
    }

    private func content(_ id: ReleaseID) async throws -> ReleaseContent {
        guard let content = try await store.content(id) else {
            throw ReleasesProblem.unknownRelease(id.description, app: id.app.value)
        }
        return content
    }
}

extension DeliveryRecord {
    /// `delivery of 3f2a9c1`, for people.
    package var purpose: String {
        switch kind {
        case .delivery: "delivery of \(revision.shortCommit) \"\(revision.subject)\""
        case .promotion(let release): "promotion of \(release) to \(target?.value ?? "")"
        case .rollback(let release): "rollback of \(target?.value ?? "") to \(release)"
        }
    }
}
