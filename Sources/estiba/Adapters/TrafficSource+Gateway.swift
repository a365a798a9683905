import Gateway
import Releases

/// The gateway's counts, for the judge.
struct LedgerTraffic: TrafficSource {
    let ledger: TrafficLedger

    func traffic() async -> [TrafficKey: TrafficCounts] { ledger.snapshot() }
}
