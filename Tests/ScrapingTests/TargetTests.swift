import Kube
import PromQL
import Testing

@testable import Scraping

struct TargetTests {
    static func pod(_ annotations: [String: String], phase: String = "Running") -> Pod {
        var metadata = ObjectMeta()
        metadata.name = "ships-1"
        metadata.namespace = "prod"
        metadata.annotations = annotations
        metadata.labels = [
            "app.kubernetes.io/part-of": "porttrack", "app.kubernetes.io/name": "ships", "estiba.dev/env": "prod",
            "estiba.dev/release": "porttrack-42", "estiba.dev/commit": "3f2a9c1", "estiba.dev/track": "canary",
        ]
        let container = Container(name: "ships", image: "ships", ports: [ContainerPort(containerPort: 8080)])
        return Pod(
            metadata: metadata, spec: PodSpec(containers: [container]),
            status: PodStatus(phase: phase, podIP: "10.1.2.3"))
    }

    @Test("a pod that asks for it becomes a target with the labels of its release")
    func labels() throws {
        let target = try #require(PodTargets.target(Self.pod(["prometheus.io/scrape": "true"])))
        #expect(target.address == "http://10.1.2.3:8080/metrics")
        #expect(
            target.labels == [
                "app": "porttrack", "service": "ships", "env": "prod", "release": "porttrack-42", "commit": "3f2a9c1",
                "track": "canary", "namespace": "prod", "pod": "ships-1", "job": "ships", "instance": "10.1.2.3:8080",
            ])
        #expect(!target.honorsLabels)
    }

    @Test("annotations choose port, path and scheme")
    func annotations() throws {
        let target = try #require(
            PodTargets.target(
                Self.pod([
                    "prometheus.io/scrape": "true", "prometheus.io/port": "9999", "prometheus.io/path": "stats",
                    "prometheus.io/scheme": "https",
                ])))
        #expect(target.address == "https://10.1.2.3:9999/stats")
    }

    @Test("others are left alone")
    func others() {
        #expect(PodTargets.target(Self.pod([:])) == nil)
        #expect(PodTargets.target(Self.pod(["prometheus.io/scrape": "false"])) == nil)
        #expect(PodTargets.target(Self.pod(["prometheus.io/scrape": "true"], phase: "Pending")) == nil)
        var ending = Self.pod(["prometheus.io/scrape": "true"])
        ending.metadata.deletionTimestamp = "2026-11-21T09:00:00Z"
        #expect(PodTargets.target(ending) == nil)
        var portless = Self.pod(["prometheus.io/scrape": "true"])
        portless.spec.containers[0].ports = nil
        #expect(PodTargets.target(portless) == nil)
    }

    @Test("a series' own label gives way to the target's, unless it is honoured")
    func conflicts() throws {
        var target = ScrapeTarget(address: "x", pool: "p", labels: ["job": "ships", "pod": "a"])
        let pairs = try SeriesText.parse(Array("m{job=\"own\",exported_job=\"old\",x=\"1\",empty=\"\"}".utf8))
        #expect(
            SeriesLabels.join(pairs, target)
                == LabelSet([
                    ("__name__", "m"), ("job", "ships"), ("pod", "a"), ("exported_job", "old"),
                    ("exported_exported_job", "own"), ("x", "1"),
                ]))
        target.honorsLabels = true
        #expect(SeriesLabels.join(pairs, target)["job"] == "own")
    }

    @Test("targets are scraped evenly, each at its own phase")
    func phases() {
        let keys = (0..<200).map { "prod/pod-\($0)" }
        let first = keys.map { ScrapeClock.next(after: 1_000_000, interval: 15_000, key: $0) }
        #expect(first.allSatisfy { $0 > 1_000_000 && $0 <= 1_015_000 })
        #expect(Set(first.map { ($0 - 1_000_000) / 1500 }).count == 10)
        for (key, time) in zip(keys, first) {
            #expect(ScrapeClock.next(after: time, interval: 15_000, key: key) == time + 15_000)
            #expect(ScrapeClock.next(after: time - 1, interval: 15_000, key: key) == time)
        }
        #expect(ScrapeClock.stamp(planned: 1000, actual: 1100, interval: 15_000) == 1000)
        #expect(ScrapeClock.stamp(planned: 1000, actual: 2000, interval: 15_000) == 2000)
    }
}
