package import FoundationEssentials

/// What a gate says to a run that wants into an environment.
package enum GateDecision: Sendable, Hashable, Codable {
    case open
    /// `until`: when the answer may change by itself; nil where a person has to act.
    case waits(why: String, until: Date?)
    case refused(why: String)
}

/// One gate and its answer.
package struct GateState: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case approval, freeze, window }

    package var gate: Kind
    package var decision: GateDecision

    package init(_ gate: Kind, _ decision: GateDecision) {
        self.gate = gate
        self.decision = decision
    }

    package var isOpen: Bool { decision == .open }

    /// One sentence for people.
    package var summary: String {
        switch decision {
        case .open: "\(gate.rawValue) open"
        case .waits(let why, _), .refused(let why): why
        }
    }
}

/// What the gates of an environment need to know of a run.
package struct GateFacts: Sendable, Equatable {
    /// Of whom one must agree; empty where nobody need be asked.
    package var approvers: [String] = []
    /// How long an approval is waited for, and how long it holds, in seconds; nil without end.
    package var approvalLasts: Double?
    package var askedAt: Date?
    package var approval: DeliveryRecord.Order?
    /// A change may begin in any of them; empty for always.
    package var windows: [TimeWindow] = []
    package var freeze: Freeze?

    package init() {}
}

/// Whether a run may enter an environment. Pure.
package enum Gates {
    /// The answer of every gate that the environment has, in the order in which they are asked.
    package static func decide(_ facts: GateFacts, now: Date) -> [GateState] {
        var states: [GateState] = []
        if !facts.approvers.isEmpty { states.append(GateState(.approval, approval(facts, now))) }
        if let freeze = facts.freeze { states.append(GateState(.freeze, self.freeze(freeze, now))) }
        if !facts.windows.isEmpty { states.append(GateState(.window, window(facts.windows, now))) }
        return states
    }

    /// The gate that keeps the run: one that refuses, else the first that waits; nil where all are open.
    package static func keeping(_ states: [GateState]) -> GateState? {
        states.first { if case .refused = $0.decision { true } else { false } } ?? states.first { !$0.isOpen }
    }

    private static func approval(_ facts: GateFacts, _ now: Date) -> GateDecision {
        let who = facts.approvers.joined(separator: ", ")
        let length = facts.approvalLasts.map { DurationText.format(.seconds($0)) } ?? ""
        if let approval = facts.approval {
            guard let lasts = facts.approvalLasts, now >= approval.at + lasts else { return .open }
            return .waits(
                why: "the approval by \(approval.actor) has lapsed after \(length); waits for approval by \(who)",
                until: nil)
        }
        guard let lasts = facts.approvalLasts, let askedAt = facts.askedAt else {
            return .waits(why: "waits for approval by \(who)", until: nil)
        }
        let end = askedAt + lasts
        return now < end
            ? .waits(why: "waits for approval by \(who)", until: end)
            : .refused(why: "nobody of \(who) has approved within \(length)")
    }

    private static func freeze(_ freeze: Freeze, _ now: Date) -> GateDecision {
        freeze.isInForce(at: now) ? .waits(why: "waits: \(freeze.summary)", until: freeze.until) : .open
    }

    private static func window(_ windows: [TimeWindow], _ now: Date) -> GateDecision {
        if windows.contains(where: { $0.contains(now) }) { return .open }
        let next = windows.compactMap { $0.nextOpening(after: now) }.min()
        let names = windows.map(\.description).joined(separator: "; ")
        return .waits(
            why: "waits for its time (\(names))" + (next.map { ", next at \($0.formatted(.iso8601))" } ?? ""),
            until: next)
    }
}
