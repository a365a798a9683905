package import FoundationEssentials

/// One message of the channel.
package struct ChatMessage: Sendable, Hashable, Codable {
    /// Counts up; its place in the Journal.
    package var sequence: Int64
    package var at: Date
    /// A user's name, or `estiba`.
    package var author: String
    /// In Slack's mrkdwn: `*bold*`, `` `code` ``.
    package var text: String

    package init(sequence: Int64, at: Date, author: String, text: String) {
        self.sequence = sequence
        self.at = at
        self.author = author
        self.text = text
    }
}
