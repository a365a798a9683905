import Testing

@testable import Gateway

@Suite struct TrafficLedgerTests {
    let stable = TrafficKey(
        route: "prod/web", backend: "prod/ships", app: "porttrack", service: "ships", environment: "prod",
        release: "porttrack-1", commit: "abc", track: "stable")

    @Test func `parts of all event loops add up`() {
        let ledger = TrafficLedger(shards: 2)
        let cell = ledger.cell(for: stable)
        #expect(cell === ledger.cell(for: stable))
        cell.begin(shard: 0)
        cell.begin(shard: 1)
        cell.begin(shard: 1)
        cell.end(shard: 0, code: 200, microseconds: 900)
        cell.end(shard: 1, code: 503, microseconds: 1_100)
        let earlier = ledger.snapshot()[stable]
        #expect(earlier?.requests == 2)
        #expect(earlier?.errors == 1)
        #expect(earlier?.inFlight == 1)
        cell.end(shard: 1, code: 499, microseconds: nil)
        let difference = earlier.flatMap { ledger.snapshot()[stable]?.since($0) }
        #expect(difference?.codes == [499: 1])
        #expect(difference?.latency.count == 0)
        #expect(difference?.inFlight == 0)
    }

    @Test func `concurrent writers lose nothing`() async {
        let ledger = TrafficLedger(shards: 4)
        let key = stable
        await withTaskGroup(of: Void.self) { group in
            for shard in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        ledger.cell(for: key).begin(shard: shard)
                        ledger.cell(for: key).end(shard: shard, code: 200, microseconds: 5)
                    }
                }
            }
        }
        #expect(ledger.snapshot()[key]?.codes == [200: 8_000])
        #expect(ledger.snapshot()[key]?.latency.count == 8_000)
    }

    @Test func `the exposition names every label and cumulates its buckets`() {
        let ledger = TrafficLedger(shards: 1)
        let cell = ledger.cell(for: stable)
        for microseconds in [400, 3_000, 60_000_000] as [UInt64] {
            cell.begin(shard: 0)
            cell.end(shard: 0, code: 200, microseconds: microseconds)
        }
        let text = TrafficExposition.text(ledger.snapshot())
        let labels =
            #"app="porttrack",service="ships",env="prod",release="porttrack-1",commit="abc",track="stable",route="prod/web""#
        #expect(text.contains("estiba_gateway_requests_total{\(labels),code=\"200\"} 3\n"))
        #expect(text.contains("estiba_gateway_request_duration_seconds_bucket{\(labels),le=\"0.0005\"} 1\n"))
        #expect(text.contains("estiba_gateway_request_duration_seconds_bucket{\(labels),le=\"0.005\"} 2\n"))
        #expect(text.contains("estiba_gateway_request_duration_seconds_bucket{\(labels),le=\"30\"} 2\n"))
        #expect(text.contains("estiba_gateway_request_duration_seconds_bucket{\(labels),le=\"+Inf\"} 3\n"))
        #expect(text.contains("estiba_gateway_request_duration_seconds_count{\(labels)} 3\n"))
    }

    @Test func `label values are escaped`() {
        let ledger = TrafficLedger(shards: 1)
        ledger.cell(for: TrafficKey(route: "a\"b\\c\nd", backend: "")).begin(shard: 0)
        #expect(TrafficExposition.text(ledger.snapshot()).contains(#"route="a\"b\\c\nd""#))
    }
}
