import Chat
import Delivery
import Identity
import Logging
import Problems
import Releases
import ServiceLifecycle
import Store

/// Tells what happens to an app where its delivery file says (`notify.slack`).
struct AppNotices: Service {
    let journal: Journal
    let pipeline: Pipeline
    let secrets: SealedSecrets
    /// Where all incidents go anyway.
    let shared: SlackTarget?
    let logger: Logger

    func run() async throws {
        let events = await journal.follow(.init(kinds: AppNotice.kinds))
        await withDiscardingTaskGroup { group in
            // One line for each address, in order: an address that does not answer holds up no other.
            var lines: [SlackTarget: AsyncStream<ChatMessage>.Continuation] = [:]
            for await event in events.cancelOnGracefulShutdown() {
                guard let text = AppNotice.text(event), let target = await target(of: event) else { continue }
                if event.kind == .chatMessage, target == shared { continue }
                if lines[target] == nil {
                    let (messages, line) = AsyncStream<ChatMessage>.makeStream()
                    lines[target] = line
                    let (secrets, logger) = (secrets, logger)
                    group.addTask {
                        let webhook = SlackWebhook(
                            url: { try await WebhookAddress.resolve(target.webhook, secrets) },
                            channel: target.channel, messages: messages, logger: logger)
                        do { try await webhook.run() } catch {
                            logger.error("messages to Slack stopped", metadata: ["error": "\(brief(error))"])
                        }
                    }
                }
                lines[target]?.yield(
                    ChatMessage(sequence: event.sequence, at: event.at, author: event.actor, text: text))
            }
            for line in lines.values { line.finish() }
        }
    }

    /// As the run's own delivery file says, else that of the release, else that of the app's newest release.
    private func target(of event: DeliveryEvent) async -> SlackTarget? {
        guard let app = event.app else { return nil }
        do {
            if let run = event.run, let file = try await pipeline.run(run).file { return file.slack }
            let newest = try await pipeline.releases(app, limit: 1).first?.id
            guard let release = event.release ?? newest else { return nil }
            return try await pipeline.release(release).file.slack
        } catch {
            logger.error("delivery file can't be read", metadata: ["app": "\(app)", "error": "\(brief(error))"])
            return nil
        }
    }
}
