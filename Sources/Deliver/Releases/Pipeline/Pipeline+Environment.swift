import Delivery
import FoundationEssentials
import Kube
import Logging
import Problems
import Syntax

extension Pipeline {
    /// Works on one phase of a run in one environment.
    func runPhase(_ record: DeliveryRecord, _ name: EnvironmentName, _ phase: EnvironmentPhase) async throws {
        do {
            let site = try await site(record, name)
            if let order = records[record.id]?.abort {
                if case .restoring = phase {} else { throw EnvironmentWork.Aborted(order: order) }
            }
            switch phase {
            case .approval, .waiting: return
            case .planning: try await begin(record, site)
            case .installing, .promoting: try await install(record, site, isPromotion: phase == .promoting)
            case .startingCanary: try await startCanary(record, site)
            case .canary(let stage): try await watch(record, site, stage)
            case .watching(let stage): try await watchAfter(record, site, stage)
            case .verifying(let pods, let isPromotion): try await verify(record, site, pods, isPromotion)
            case .restoring(let setback): try await restore(record, site, setback)
            }
        } catch let error as Unrecorded { throw error } catch {
            if Task.isCancelled { throw CancellationError() }
            try await comeBack(record, name, phase, error)
        }
    }

    /// Everything about a run in one environment.
    struct Site {
        let content: ReleaseContent
        let state: EnvironmentState
        let work: EnvironmentWork
        /// Secret of the sealed store → its name in the cluster.
        let secrets: [String: String]
        var name: EnvironmentName { work.plan.name }
    }

    private func site(_ record: DeliveryRecord, _ name: EnvironmentName) async throws -> Site {
        guard let release = record.release, let content = try await store.content(release) else {
            throw ReleasesProblem.lost(what: "the release of \(record.id)")
        }
        let state = try await store.environment(record.id.app, name)
        let plan = content.file.environment(name) ?? EnvironmentPlan(name: name)
        let id = record.id
        let client = try await ports.clusters.client(kubeconfig: plan.kubeconfig)
        let secrets = EnvironmentSecrets(
            client: client, namespace: Rendering.namespace(app: id.app, environment: name), values: ports.secrets)
        var stable: RenderedSet?
        if let deployed = state.stable, let served = try await store.content(deployed.release) {
            stable = try await stableSet(state, served, deployed, client)
        }
        let sealed = try await secrets.resolve(
            content.file.secrets(of: plan), recorded: records[id]?.secrets?[name.value] ?? [:])
        let work = EnvironmentWork(
            app: id.app, plan: plan, client: client,
            candidate: try Rendering(content, in: name, carrying: state.stable?.workloads ?? [:], sealed: sealed)
                .render(),
            stable: stable,
            ports: ports, clock: clock,
            orders: { await self.orders(id) },
            report: { await self.report(id, name.value, $0, $1, canary: $2) })
        return Site(
            content: content, state: state, work: work,
            secrets: Dictionary(sealed.map { ($0.name, $0.nameInCluster) }, uniquingKeysWith: { $1 }))
    }

    /// The objects of the release that serves in an environment, with the values of its time.
    func stableSet(
        _ state: EnvironmentState, _ content: ReleaseContent, _ deployed: Deployed, _ client: ClusterClient
    ) async throws -> RenderedSet {
        let plan = content.file.environment(state.name) ?? EnvironmentPlan(name: state.name)
        let namespace = Rendering.namespace(app: state.app, environment: state.name)
        let secrets = EnvironmentSecrets(client: client, namespace: namespace, values: ports.secrets)
        let sealed = try await secrets.resolve(content.file.secrets(of: plan), recorded: deployed.secrets ?? [:])
        return try Rendering(content, in: state.name, carrying: deployed.workloads, sealed: sealed).render()
    }

    private func orders(_ id: RunID) -> EnvironmentWork.Orders {
        EnvironmentWork.Orders(abort: records[id]?.abort, promote: records[id]?.promote)
    }

    // MARK: Phases

    private func begin(_ record: DeliveryRecord, _ site: Site) async throws {
        let changes = site.work.summaryOfChanges
        report(record.id, site.name.value, .running, changes)
        try await note(
            .deployStarted, record, environment: site.name,
            message: "\(site.content.release.id) to \(site.name): \(changes)",
            detail: record.preview == nil ? [:] : [DeliveryEvent.preview: "true"])
        let canBeCanary =
            site.work.plan.canary != nil && !record.isRollback && site.work.canary?.workloads.isEmpty == false
        try await self.record(record.id) {
            $0.promote = nil
            $0.secrets = ($0.secrets ?? [:]).merging([site.name.value: site.secrets]) { $1 }
            $0.state = .environment(site.name, canBeCanary ? .startingCanary : .installing)
        }
    }

    private func install(_ record: DeliveryRecord, _ site: Site, isPromotion: Bool) async throws {
        report(
            record.id, site.name.value, .running,
            isPromotion ? "100%: stable takes the new release" : site.work.summaryOfChanges)
        // What served before stays whole until the verification has passed: it may have to come back.
        let isVerified = site.work.plan.verify != nil && !record.isRollback
        let pods = try await site.work.install(site.work.candidate, prunes: !isVerified)
        if isVerified {
            return try await self.record(record.id) {
                $0.state = .environment(site.name, .verifying(pods: pods, isPromotion: isPromotion))
            }
        }
        try await conclude(record, site, pods, isPromotion)
    }

    /// The release is the stable one from now on, or when it has been watched.
    func conclude(_ record: DeliveryRecord, _ site: Site, _ pods: Int, _ isPromotion: Bool) async throws {
        if isPromotion, try await beginWatch(record, site, pods: pods) { return }
        try await settle(record, site, pods, isPromotion)
    }

    /// The release is the stable one from now on.
    func settle(_ record: DeliveryRecord, _ site: Site, _ pods: Int, _ isPromotion: Bool) async throws {
        let release = site.content.release
        let deployed = Deployed(
            release: release.id, run: record.id, commit: release.revision.shortCommit, since: clock.now(),
            workloads: site.work.candidate.workloads, secrets: site.secrets)
        let state = site.state.installed(deployed, isRollback: record.isRollback)
        if record.isRollback {
            try await note(
                .rolledBack, record, environment: site.name,
                message:
                    "\(site.name) went back from \(site.state.stable?.release.description ?? "nothing") to \(release.id)",
                detail: ["from": site.state.stable?.release.description ?? ""])
        } else if isPromotion {
            try await note(.promoted, record, environment: site.name, message: "\(release.id) promoted in \(site.name)")
        }
        try await note(
            .deploySucceeded, record, environment: site.name,
            message: "\(release.id) is stable in \(site.name), \(pods) pods ready",
            detail: [
                "pods": String(pods),
                DeliveryEvent.committedAt: String(release.revision.committedAt.timeIntervalSince1970),
            ])
        report(record.id, site.name.value, .ok, (isPromotion ? "100%  " : "") + "\(pods) pods ready")
        try await moveOn(record, site, state)
    }

    /// To the next environment, or to the end.
    private func moveOn(_ record: DeliveryRecord, _ site: Site, _ state: EnvironmentState) async throws {
        guard let next = record.environment(after: site.name) else {
            do { try await finish(record.id, .succeeded, environment: state) } catch { throw Unrecorded(cause: error) }
            return
        }
        try await self.record(record.id, environment: state) { $0.state = record.entry(next) }
        try await afterEntering(record.id)
        await schedule()
    }

    private func startCanary(_ record: DeliveryRecord, _ site: Site) async throws {
        guard let canary = site.work.canary, site.work.plan.canary != nil else {
            return try await skipCanary(record, site)
        }
        report(record.id, site.name.value, .running, "canary of \(canary.workloads.joined(separator: ", ")) starts")
        try await site.work.startCanary(canary)
        try await self.record(record.id) { $0.state = .environment(site.name, .canary(CanaryStage())) }
    }

    private func skipCanary(_ record: DeliveryRecord, _ site: Site) async throws {
        try await self.record(record.id) { $0.state = .environment(site.name, .installing) }
    }

    private func watch(_ record: DeliveryRecord, _ site: Site, _ stage: CanaryStage) async throws {
        guard let canary = site.work.canary, let plan = site.work.plan.canary else {
            return try await skipCanary(record, site)
        }
        let id = record.id
        let result = try await site.work.step(stage, canary, plan, release: site.content.release) { stage in
            try await self.record(id) { $0.state = .environment(site.name, .canary(stage)) }
        }
        switch result {
        case .advance(let next, let verdict):
            try await noteStep(record, site, plan, stage, verdict)
            try await self.record(id) { $0.state = .environment(site.name, .canary(next)) }
        case .promote(let verdict, let actor, let last):
            if let verdict { try await noteStep(record, site, plan, stage, verdict) }
            try await note(
                .canaryVerdict, record, environment: site.name, actor: actor,
                message: actor == "estiba" ? "canary is good" : "canary promoted by \(actor)",
                detail: ["evidence": verdict?.reasons.joined(separator: "\n") ?? ""])
            try await self.record(id) {
                $0.lastEvidence = last
                $0.state = .environment(site.name, .promoting)
            }
        case .setback(let setback):
            try await note(
                .canaryVerdict, record, environment: site.name, message: setback.message,
                detail: ["evidence": setback.evidence.joined(separator: "\n"), "verdict": setback.kind.rawValue])
            try await self.record(id) { $0.state = .environment(site.name, .restoring(setback)) }
        }
    }

    private func noteStep(
        _ record: DeliveryRecord, _ site: Site, _ plan: CanaryPlan, _ stage: CanaryStage, _ verdict: Verdict
    ) async throws {
        guard plan.steps.indices.contains(stage.step) else { return }
        try await note(
            .canaryStep, record, environment: site.name,
            message: "\(plan.steps[stage.step]) \(verdict.outcome == .pass ? "ok" : "left undecided")",
            detail: [
                "evidence": verdict.reasons.joined(separator: "\n"),
                "weight": trimmed(plan.steps[stage.step].value, decimals: 2),
            ])
    }

    // MARK: Coming back

    /// A phase did not succeed: back to stable, or nothing to do where nothing was touched.
    private func comeBack(
        _ record: DeliveryRecord, _ name: EnvironmentName, _ phase: EnvironmentPhase, _ error: any Error
    ) async throws {
        if case .restoring(let setback) = phase { return try await restoreAgain(record, name, setback, error) }
        let setback: Setback
        if let aborted = error as? EnvironmentWork.Aborted {
            guard phase.hasTouched else {
                return try await finish(record.id, .aborted(by: aborted.order.actor))
            }
            setback = Setback(.aborted, "stopped by \(aborted.order.actor)", actor: aborted.order.actor)
        } else {
            guard phase.hasTouched else { return try await fail(record.id, name.value, error) }
            var kind = Setback.Kind.failedDeployment
            if case .verifying = phase { kind = .failedVerification }
            setback = Setback(kind, brief(error), evidence: (error as? ReleasesProblem)?.evidence ?? [])
            try await note(
                kind == .failedVerification ? .verifyFailed : .deployFailed, record, environment: name,
                message: setback.message,
                detail: ["evidence": setback.evidence.joined(separator: "\n")])
        }
        try await self.record(record.id) { $0.state = .environment(name, .restoring(setback)) }
    }

    private func restore(_ record: DeliveryRecord, _ site: Site, _ setback: Setback) async throws {
        let serving = site.state.stable?.release
        let goal = serving?.description ?? "nothing"
        report(record.id, site.name.value, .running, "back to \(goal): \(setback.message)")
        try await site.work.restore()
        let message = "\(site.name) is back on \(goal): \(setback.message)"
        try await note(
            .rolledBack, record, environment: site.name, release: site.content.release.id, actor: setback.actor,
            message: message,
            detail: [
                "evidence": setback.evidence.joined(separator: "\n"), "serving": goal, "reason": setback.kind.rawValue,
            ])
        if setback.kind.isBlame, record.preview == nil {
            await ports.incidents.report(
                DeliveryIncident(
                    release: site.content.release, environment: site.name, setback: setback, serving: serving,
                    at: clock.now()))
        }
        try await end(record, site.name, setback, "\(goal) serves again: \(setback.message)")
    }

    private func end(_ record: DeliveryRecord, _ name: EnvironmentName, _ setback: Setback, _ detail: String)
        async throws
    {
        report(record.id, name.value, setback.kind == .aborted ? .aborted : .failed, detail, evidence: setback.evidence)
        do { try await finish(record.id, .cameBack(name, setback)) } catch { throw Unrecorded(cause: error) }
    }

    /// Restoring must succeed in the end, so it is tried again while the cluster can't be reached. Only stable pods that
    /// don't become ready again end it: then a person has to look.
    private func restoreAgain(
        _ record: DeliveryRecord, _ name: EnvironmentName, _ setback: Setback, _ error: any Error
    ) async throws {
        if case ReleasesProblem.notReady = error {
            var setback = setback
            setback.evidence.append("the stable release is not ready again: \(brief(error))")
            setback.evidence += (error as? ReleasesProblem)?.evidence ?? []
            try await note(
                .rolledBack, record, environment: name, message: "back on stable, which is not ready: \(brief(error))",
                detail: ["reason": setback.kind.rawValue])
            return try await end(record, name, setback, "back on stable, which is not ready: \(brief(error))")
        }
        logger.error(
            "environment can't be restored, trying again", metadata: ["run": "\(record.id)", "error": "\(error)"])
        report(record.id, name.value, .running, "can't go back yet, trying again: \(brief(error))")
        try await clock.sleep(.seconds(3))
    }
}
