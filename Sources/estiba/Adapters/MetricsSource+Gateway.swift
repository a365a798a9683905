import Gateway
import Scraping

/// The gateway's counts, for the metrics.
struct LedgerMetrics: MetricsSource {
    let ledger: TrafficLedger

    func exposition() async -> [UInt8] { Array(TrafficExposition.text(ledger.snapshot()).utf8) }
}
