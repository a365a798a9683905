/// How well an environment is, in one word.
enum Health: String, Equatable {
    case empty, well, changing, poor, down

    /// - Parameter hasIncident: Whether an incident is open in the environment.
    init(_ environment: EnvironmentFacts, hasIncident: Bool) {
        let tracks = environment.services.compactMap(\.stable)
        if environment.stable == nil && tracks.isEmpty {
            self = environment.underWay == nil ? .empty : .changing
        } else if tracks.contains(where: { $0.wantedPods > 0 && $0.readyPods == 0 }) {
            self = .down
        } else if hasIncident || tracks.contains(where: { $0.readyPods < $0.wantedPods }) {
            self = .poor
        } else {
            self = environment.underWay == nil ? .well : .changing
        }
    }

    var words: String {
        switch self {
        case .empty: "empty"
        case .well: "healthy"
        case .changing: "changing"
        case .poor: "degraded"
        case .down: "down"
        }
    }

    var tone: Tone {
        switch self {
        case .empty: .idle
        case .well: .good
        case .changing: .busy
        case .poor: .warn
        case .down: .bad
        }
    }
}

/// The colours that mean something. Words always stand beside them.
enum Tone: String {
    case good, bad, warn, busy, idle, canary

    func pill(_ words: String) -> HTML { "<span class=\"pill \(rawValue)\">\(words)</span>" }
}

extension RunSummary.Standing {
    var tone: Tone {
        switch self {
        case .queued, .superseded: .idle
        case .running: .busy
        case .waiting: .warn
        case .succeeded: .good
        case .failed, .cameBack: .bad
        case .aborted, .interrupted: .warn
        }
    }

    var words: String { self == .cameBack ? "came back" : rawValue }
}

extension StageFacts.Status {
    var tone: Tone {
        switch self {
        case .running: .busy
        case .waiting: .warn
        case .ok: .good
        case .failed: .bad
        case .aborted: .warn
        }
    }
}

extension JobFacts.Status {
    var tone: Tone {
        switch self {
        case .queued, .skipped: .idle
        case .running: .busy
        case .success: .good
        case .failure: .bad
        case .cancelled, .interrupted: .warn
        }
    }
}

extension CanaryFacts.Verdict {
    var tone: Tone {
        switch self {
        case .pass: .good
        case .fail: .bad
        case .waiting: .busy
        }
    }

    var words: String {
        switch self {
        case .pass: "good"
        case .fail: "worse"
        case .waiting: "undecided"
        }
    }
}
