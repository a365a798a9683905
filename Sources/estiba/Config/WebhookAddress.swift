import Foundation
import Identity
import Problems

/// The address of an incoming webhook as a configuration names it: the URL itself, `$secret:NAME` or `$file:PATH`.
enum WebhookAddress {
    /// Reads the address where it stands. Messages never show it: who knows it can post.
    static func resolve(_ text: String, _ secrets: SealedSecrets) async throws -> String {
        let address: String
        if text.hasPrefix("$secret:") {
            address = try await secrets.value(String(text.dropFirst("$secret:".count)))
        } else if text.hasPrefix("$file:") {
            let path = String(text.dropFirst("$file:".count))
            guard let found = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw PlainProblem(
                    "webhook.unreadable", "the file \(path), which holds a webhook's address, can't be read",
                    remedy: "Check that it is on the server's machine and readable for the server.")
            }
            address = found
        } else {
            address = text
        }
        let trimmed = address.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let url = URL(string: trimmed), url.host() != nil, url.scheme == "https" || url.scheme == "http" else {
            let place = text.hasPrefix("$") ? text : "the webhook"
            throw PlainProblem(
                "webhook.invalid", "\(place) does not hold the address of a webhook",
                remedy: "It must begin with https://, as Slack shows it.", category: .invalid)
        }
        return trimmed
    }
}
