package import FoundationEssentials
package import Logging
import Problems
import ServiceLifecycle

/// Puts new lines on disk every second, and tidies up every minute.
package struct LogKeeper: Service {
    private let streams: LogStreams
    private let days: Int
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// - Parameter days: For how long lines are kept.
    package init(_ streams: LogStreams, days: Int, logger: Logger, now: @escaping @Sendable () -> Date = { Date() }) {
        self.streams = streams
        self.days = days
        self.logger = logger
        self.now = now
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var seconds = 0
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(1)) } catch { break }
                seconds += 1
                await work(compacting: seconds % 60 == 0)
            }
        }
        await work(compacting: false)
    }

    private func work(compacting: Bool) async {
        do {
            try await streams.flush()
            if compacting {
                let horizon = now().timeIntervalSince1970 - Double(days) * 86400
                try await streams.compact(before: Int64(horizon * 1e9))
            }
        } catch is CancellationError { return } catch {
            // The lines stay in memory and are tried again.
            logger.error("log lines can't be written", metadata: ["error": "\(brief(error))"])
        }
    }
}
