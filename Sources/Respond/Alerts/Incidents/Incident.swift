package import Delivery
package import FoundationEssentials

/// Something that is, or was, not well: with the commit that probably did it, and how to undo it.
package struct Incident: Sendable, Hashable, Codable {
    /// Counts up from 1; 0 before it is stored.
    package var number: Int
    /// What makes it the same incident, should it be reported again.
    package var fingerprint: String
    package var title: String
    package var app: AppName?
    package var environment: EnvironmentName?
    package var service: String?
    package var release: ReleaseID?
    /// Seven digits.
    package var commit: String?
    package var author: String?
    package var subject: String?
    /// Numbers and log lines that a person can check.
    package var evidence: [String]
    /// What was done already, or what to do: `rollback prod`.
    package var remedy: String?
    package var openedAt: Date
    package var closedAt: Date?

    package init(
        fingerprint: String, title: String, app: AppName? = nil, environment: EnvironmentName? = nil,
        service: String? = nil, release: ReleaseID? = nil, commit: String? = nil, author: String? = nil,
        subject: String? = nil, evidence: [String] = [], remedy: String? = nil, openedAt: Date, closedAt: Date? = nil
    ) {
        number = 0
        self.fingerprint = fingerprint
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

    /// For a channel, in Slack's mrkdwn.
    package var message: String {
        var lines = [closedAt == nil ? ":rotating_light: *\(title)*" : ":white_check_mark: *over: \(title)*"]
        if let commit {
            let what = [release.map { "release `\($0)`" }, "commit `\(commit)`"].compactMap { $0 }.joined(
                separator: ", ")
            let who = author.map { " by \($0)" } ?? ""
            lines.append("\(what)\(who)\(subject.map { ": \($0)" } ?? "")")
        }
        lines += evidence.prefix(6).map { "> " + $0 }
        if closedAt == nil, let remedy { lines.append("_\(remedy)_") }
        return lines.joined(separator: "\n")
    }
}
