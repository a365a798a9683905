import Kube
import Testing

@testable import Node

struct ProbeTests {
    @Test func `only enough results in a row make a verdict`() {
        var probe = Probe()
        probe.successThreshold = 2
        probe.failureThreshold = 3
        var counter = ProbeCounter(probe)
        let verdicts = [true, true, false, false, true, false, false, false].map { counter.record($0) }
        #expect(verdicts == [nil, .healthy, nil, nil, nil, nil, nil, .unhealthy])
    }

    @Test func `a new container is asked often, but not longer than one period`() {
        var probe = Probe()
        probe.periodSeconds = 2
        let schedule = ProbeSchedule(probe)
        #expect(schedule.eagerPause(after: 0) == 0.05)
        #expect(schedule.eagerPause(after: 1) == 0.5)
        #expect(schedule.eagerPause(after: 1.75) == 0.25)
        #expect(schedule.eagerPause(after: 2) == nil)
    }

    @Test func `ports are found by number and name`() throws {
        var container = Kube.Container(name: "c", image: "i", ports: [ContainerPort(containerPort: 8080, name: "http")])
        container.args = []
        func target(_ tree: JSON) throws -> ProbeTarget {
            try ProbeTarget(try tree.decode(Probe.self), container: container, address: "10.244.0.5")
        }
        #expect(
            try target(["httpGet": ["port": "http", "path": "ok"]])
                == .http(host: "10.244.0.5", port: 8080, path: "/ok", isTLS: false, headers: []))
        #expect(try target(["tcpSocket": ["port": 5432, "host": "db"]]) == .tcp(host: "db", port: 5432))
        #expect(try target(["exec": ["command": ["true"]]]) == .exec(["true"]))
        for wrong: JSON in [["httpGet": ["port": "none"]], ["grpc": ["port": 1]], [:]] {
            #expect(throws: NodeProblem.self) { try target(wrong) }
        }
    }
}
