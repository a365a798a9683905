package import FoundationEssentials

/// A commit of an app's repository.
package struct Revision: Sendable, Hashable, Codable {
    package var app: AppName
    /// The full object name: 40 (SHA-1) or 64 (SHA-256) hexadecimal digits.
    package var commit: String
    /// `refs/heads/main`
    package var ref: String
    package var authorName: String
    package var authorEmail: String
    /// The first line of the message.
    package var subject: String
    package var committedAt: Date

    package init(
        app: AppName, commit: String, ref: String, authorName: String, authorEmail: String, subject: String,
        committedAt: Date
    ) {
        self.app = app
        self.commit = commit
        self.ref = ref
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.subject = subject
        self.committedAt = committedAt
    }

    /// The first seven digits of the commit: what labels and people carry.
    package var shortCommit: String { String(commit.prefix(7)) }
}

/// The identity of one execution of an app's pipeline: `porttrack/17`.
package struct RunID: Sendable, Hashable, Codable, CustomStringConvertible {
    package var app: AppName
    /// Counts up from 1 for each app.
    package var number: Int

    package init(app: AppName, number: Int) {
        self.app = app
        self.number = number
    }

    package var description: String { "\(app)/\(number)" }

    /// Reads `porttrack/17`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let app = try? AppName(String(parts[0])), let number = Int(parts[1]) else { return nil }
        self.init(app: app, number: number)
    }
}
