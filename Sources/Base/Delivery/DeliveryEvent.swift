package import FoundationEssentials

/// One entry of the Journal: who did what to which release where and when, with the evidence.
package struct DeliveryEvent: Sendable, Hashable, Codable {
    /// Position in the Journal, counting up from 1; 0 for an event that isn't recorded yet.
    package var sequence: Int64
    package var at: Date
    package var kind: Kind
    package var app: AppName?
    package var run: RunID?
    package var release: ReleaseID?
    package var environment: EnvironmentName?
    package var service: String?
    package var commit: String?
    /// A user's name, or `estiba` for what it does by itself.
    package var actor: String
    /// One sentence for people.
    package var message: String
    /// Facts for programs: numbers, digests, durations in seconds.
    package var detail: [String: String]

    package init(
        _ kind: Kind, at: Date, app: AppName? = nil, run: RunID? = nil, release: ReleaseID? = nil,
        environment: EnvironmentName? = nil, service: String? = nil, commit: String? = nil, actor: String = "estiba",
        message: String, detail: [String: String] = [:]
    ) {
        self.sequence = 0
        self.at = at
        self.kind = kind
        self.app = app
        self.run = run
        self.release = release
        self.environment = environment
        self.service = service
        self.commit = commit
        self.actor = actor
        self.message = message
        self.detail = detail
    }

    /// What happened, as `noun.verb`. Open, so that each band names its own.
    package struct Kind: Sendable, Hashable, Codable, RawRepresentable, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        package init(from decoder: any Decoder) throws { self.init(rawValue: try String(from: decoder)) }
        package func encode(to encoder: any Encoder) throws { try rawValue.encode(to: encoder) }
        package var description: String { rawValue }
    }
}

extension DeliveryEvent.Kind {
    package static let commitReceived = Self(rawValue: "commit.received")
    package static let runStarted = Self(rawValue: "run.started")
    package static let runSucceeded = Self(rawValue: "run.succeeded")
    package static let runFailed = Self(rawValue: "run.failed")
    package static let runInterrupted = Self(rawValue: "run.interrupted")
    package static let imageBuilt = Self(rawValue: "image.built")
    package static let releaseCreated = Self(rawValue: "release.created")
    package static let deployStarted = Self(rawValue: "deploy.started")
    package static let deploySucceeded = Self(rawValue: "deploy.succeeded")
    package static let deployFailed = Self(rawValue: "deploy.failed")
    package static let canaryStep = Self(rawValue: "canary.step")
    package static let canaryVerdict = Self(rawValue: "canary.verdict")
    package static let promoted = Self(rawValue: "release.promoted")
    package static let rolledBack = Self(rawValue: "release.rolled-back")
    package static let approvalRequested = Self(rawValue: "approval.requested")
    package static let approved = Self(rawValue: "approval.given")
    package static let incidentOpened = Self(rawValue: "incident.opened")
    package static let incidentClosed = Self(rawValue: "incident.closed")
    package static let chatMessage = Self(rawValue: "chat.message")
}
