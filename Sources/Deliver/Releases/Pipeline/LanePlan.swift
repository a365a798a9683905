package import Delivery

/// Which runs go on and which give way. One run of an app builds at a time, and one is active in each environment.
/// Pure.
package enum LanePlan {
    package enum Action: Sendable, Equatable {
        case start(RunID, DeliveryState)
        case supersede(RunID, by: RunID)
    }

    /// `records`: all unfinished runs; `kept`: those that a gate keeps out of their environment.
    package static func next(_ records: [DeliveryRecord], kept: Set<RunID> = []) -> [Action] {
        let records = records.sorted { ($0.id.app, $0.id.number) < ($1.id.app, $1.id.number) }
        return Dictionary(grouping: records, by: \.id.app).sorted { $0.key < $1.key }.flatMap {
            next(ofApp: $0.value, kept)
        }
    }

    private static func next(ofApp records: [DeliveryRecord], _ kept: Set<RunID>) -> [Action] {
        var actions = build(records)
        let names = Set(records.compactMap(\.state.environment)).sorted()
        for name in names { actions += enter(name, records, kept) }
        return actions
    }

    private static func build(_ records: [DeliveryRecord]) -> [Action] {
        var actions: [Action] = []
        var queued: [DeliveryRecord] = []
        for record in records where record.state == .queued {
            if record.kind == .delivery {
                queued.append(record)
            } else if let plan = record.environment(after: nil) {
                actions.append(.start(record.id, record.entry(plan)))
            }
        }
        queued = giveWay(queued, &actions)
        let isBusy = records.contains { record in
            switch record.state {
            case .workflow, .images: true
            default: false
            }
        }
        if !isBusy, let first = queued.first { actions.append(.start(first.id, .workflow)) }
        return actions
    }

    private static func enter(_ name: EnvironmentName, _ records: [DeliveryRecord], _ kept: Set<RunID>) -> [Action] {
        var actions: [Action] = []
        let here = records.filter { $0.state.environment == name }
        // An approval gives way to any newer release that has come as far, so that an old one isn't approved over it.
        let forward = here.filter { !$0.isRollback }
        for record in forward where record.state == .environment(name, .approval) {
            if let newer = forward.last(where: { $0.id.number > record.id.number && covers($0, record) }) {
                actions.append(.supersede(record.id, by: newer.id))
            }
        }
        let waiting = here.filter { $0.state == .environment(name, .waiting) }
        let rollbacks = waiting.filter(\.isRollback)
        let others = giveWay(waiting.filter { !$0.isRollback }, &actions).filter { !kept.contains($0.id) }
        let isBusy = here.contains { $0.state.isActive }
        if !isBusy, let first = rollbacks.first ?? others.first {
            actions.append(.start(first.id, .environment(name, .planning)))
        }
        return actions
    }

    /// Of several that wait for the same thing an older one gives way to a newer one that goes at least as far.
    private static func giveWay(_ waiting: [DeliveryRecord], _ actions: inout [Action]) -> [DeliveryRecord] {
        waiting.filter { record in
            guard let newer = waiting.last(where: { $0.id.number > record.id.number && covers($0, record) }) else {
                return true
            }
            actions.append(.supersede(record.id, by: newer.id))
            return false
        }
    }

    private static func covers(_ newer: DeliveryRecord, _ older: DeliveryRecord) -> Bool {
        newer.preview == older.preview && (newer.target == nil || newer.target == older.target)
    }
}

extension DeliveryRecord {
    var isRollback: Bool { if case .rollback = kind { true } else { false } }
}
