package import Logging
import Problems
import ServiceLifecycle

/// Keeps a store in order: syncs what was appended every second, seals windows and removes old blocks every minute.
package struct SeriesMaintenance: Service {
    private let store: TimeSeries
    private let logger: Logger
    private let now: @Sendable () -> Int64

    /// `now` tells the time in milliseconds since 1970.
    package init(store: TimeSeries, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.logger = logger
        self.now = now
    }

    package func run() async throws {
        if store.recovery.tornBytes > 0 {
            logger.warning(
                "dropped half-written records", metadata: ["series.torn_bytes": "\(store.recovery.tornBytes)"])
        }
        for path in store.recovery.damagedBlocks {
            logger.error("a block is damaged and left out", metadata: ["series.block": "\(path)"])
        }
        await cancelWhenGracefulShutdown {
            var seconds = 0
            while !Task.isCancelled {
                attempt("sync") { try store.sync() }
                if seconds % 60 == 0 { attempt("maintenance") { log(try store.maintain(now: now())) } }
                seconds += 1
                try? await Task.sleep(for: .seconds(1))
            }
        }
        try store.sync()
    }

    private func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            logger.error("the series store failed", metadata: ["series.step": "\(what)", "error": "\(brief(error))"])
        }
    }

    private func log(_ report: TimeSeries.Maintained) {
        if report == TimeSeries.Maintained() { return }
        logger.info(
            "sealed series",
            metadata: [
                "series.blocks_sealed": "\(report.sealed)", "series.blocks_removed": "\(report.removed)",
                "series.forgotten": "\(report.forgottenSeries)",
            ])
    }
}
