import Delivery

extension Pipeline {
    /// Whether a promoted release is watched before it counts as the stable one: what is known of stable, and for how long.
    func beginWatch(_ record: DeliveryRecord, _ site: Site, pods: Int) async throws -> Bool {
        guard let plan = site.work.plan.canary, let seconds = plan.watchAfter, seconds > 0,
            let last = records[record.id]?.lastEvidence
        else { return false }
        let stage = WatchStage(pods: pods, aftermath: Aftermath(last, rules: plan.rules, seconds: seconds))
        try await self.record(record.id) {
            $0.promote = nil
            $0.state = .environment(site.name, .watching(stage))
        }
        return true
    }

    func watchAfter(_ record: DeliveryRecord, _ site: Site, _ stage: WatchStage) async throws {
        guard let plan = site.work.plan.canary, let seconds = plan.watchAfter else {
            return try await settle(record, site, stage.pods, true)
        }
        let id = record.id
        let result = try await site.work.watch(stage, for: seconds, plan, release: site.content.release) { stage in
            try await self.record(id) { $0.state = .environment(site.name, .watching(stage)) }
        }
        switch result {
        case .good(let actor):
            let verdict = records[id].flatMap { record -> Verdict? in
                guard case .environment(_, .watching(let stage)) = record.state else { return nil }
                return stage.aftermath.verdict
            }
            try await note(
                .canaryVerdict, record, environment: site.name, actor: actor,
                message: "still good after \(DurationText.format(.seconds(seconds))) of all traffic",
                detail: ["evidence": verdict?.reasons.joined(separator: "\n") ?? ""])
            try await settle(record, site, stage.pods, true)
        case .setback(let setback):
            try await note(
                .canaryVerdict, record, environment: site.name, message: setback.message,
                detail: ["evidence": setback.evidence.joined(separator: "\n"), "verdict": setback.kind.rawValue])
            try await self.record(id) { $0.state = .environment(site.name, .restoring(setback)) }
        }
    }
}
