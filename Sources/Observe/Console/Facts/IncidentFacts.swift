package import Delivery
package import FoundationEssentials

/// Something that is, or was, not well.
package struct IncidentFacts: Sendable, Hashable {
    package var number: Int
    package var title: String
    package var app: AppName?
    package var environment: EnvironmentName?
    package var service: String?
    package var release: ReleaseID?
    package var commit: String?
    package var author: String?
    /// First line of the commit's message.
    package var subject: String?
    /// Numbers and log lines that a person can check.
    package var evidence: [String]
    /// What was done already, or what to do.
    package var remedy: String?
    package var openedAt: Date
    package var closedAt: Date?

    package init(
        number: Int, title: String, app: AppName? = nil, environment: EnvironmentName? = nil, service: String? = nil,
        release: ReleaseID? = nil, commit: String? = nil, author: String? = nil, subject: String? = nil,
        evidence: [String] = [], remedy: String? = nil, openedAt: Date, closedAt: Date? = nil
    ) {
        self.number = number
        self.title = title
        self.app = app
        self.environment = environment
        self.service = service
        self.release = release
        self.commit = commit
        self.author = author
        self.subject = subject
        self.evidence = evidence
        self.remedy = remedy
        self.openedAt = openedAt
        self.closedAt = closedAt
    }
}

/// A message of the channel.
package struct MessageFacts: Sendable, Hashable {
    package var sequence: Int64
    package var at: Date
    /// A user's name, or `estiba`.
    package var author: String
    /// In Slack's mrkdwn.
    package var text: String

    package init(sequence: Int64, at: Date, author: String, text: String) {
        self.sequence = sequence
        self.at = at
        self.author = author
        self.text = text
    }
}
