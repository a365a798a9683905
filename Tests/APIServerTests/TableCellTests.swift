import Kube
import Testing

@testable import APIServer

@Suite("Cells of tables")
struct TableCellTests {
    @Test(
        "Ages are short",
        arguments: [
            (0, "0s"), (119, "119s"), (120, "2m"), (150, "2m30s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"),
            (10_800, "3h"), (12_000, "3h20m"), (28_800, "8h"), (172_799, "47h"), (172_800, "2d"), (180_000, "2d2h"),
            (691_200, "8d"), (63_072_000, "2y"), (-5, "0s"),
        ])
    func ages(_ seconds: Int, _ expected: String) { #expect(Age.text(seconds: seconds) == expected) }

    @Test(
        "The status of a pod says what holds it up",
        arguments: [
            (#"{"status":{"phase":"Pending"}}"#, "Pending"),
            (
                #"{"status":{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}}]}}"#,
                "Running"
            ),
            (
                #"{"status":{"phase":"Pending","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}"#,
                "ImagePullBackOff"
            ),
            (
                #"{"status":{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":3,"reason":"Error"}}}]}}"#,
                "Error"
            ),
            (
                #"{"status":{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":3}}}]}}"#,
                "ExitCode:3"
            ),
            (#"{"status":{"phase":"Failed","reason":"Evicted"}}"#, "Evicted"),
            (#"{"metadata":{"deletionTimestamp":"x"},"status":{"phase":"Running"}}"#, "Terminating"),
            (
                #"{"spec":{"initContainers":[{"name":"i"},{"name":"j"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"running":{}}}]}}"#,
                "Init:1/2"
            ),
            (
                #"{"spec":{"initContainers":[{"name":"i"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}"#,
                "Init:CrashLoopBackOff"
            ),
        ])
    func podStatus(_ text: String, _ expected: String) throws {
        #expect(PodSummary(try JSON.parse(text)).status == expected)
    }

    @Test("Restarts say when the last was")
    func restarts() throws {
        let pod = try JSON.parse(
            #"{"status":{"containerStatuses":[{"name":"a","restartCount":2,"lastState":{"terminated":{"finishedAt":"2026-11-21T08:55:00Z"}}}]}}"#
        )
        #expect(PodSummary(pod).restarts(TestClock().now) == "2 (5m ago)")
        #expect(PodSummary(["status": [:]]).restarts(TestClock().now) == "0")
    }
}

@Suite("Defaults")
struct DefaultsTests {
    @Test(
        "Images are pulled always where their name can mean another tomorrow",
        arguments: [
            ("web", "Always"), ("web:latest", "Always"), ("web:1", "IfNotPresent"), ("host:5000/web", "Always"),
            ("host:5000/web:1", "IfNotPresent"), ("web@sha256:00", "IfNotPresent"),
        ])
    func pullPolicy(_ image: String, _ expected: String) { #expect(PodDefaults.pullPolicy(image) == expected) }

    @Test(
        "The class of service follows from requests and limits",
        arguments: [
            (#"{"containers":[{}]}"#, "BestEffort"),
            (#"{"containers":[{"resources":{"requests":{"cpu":"1"}}}]}"#, "Burstable"),
            (#"{"containers":[{"resources":{"limits":{"cpu":"1","memory":"1Gi"}}}]}"#, "Guaranteed"),
            (
                #"{"containers":[{"resources":{"requests":{"cpu":"1000m","memory":"1024Mi"},"limits":{"cpu":"1","memory":"1Gi"}}}]}"#,
                "Guaranteed"
            ),
            (#"{"containers":[{"resources":{"limits":{"cpu":"1","memory":"1Gi"}}},{}]}"#, "Burstable"),
        ])
    func qosClass(_ spec: String, _ expected: String) throws {
        #expect(PodDefaults.qosClass(try JSON.parse(spec)) == expected)
    }

    @Test("Defaults are stable: applying them twice changes nothing")
    func stable() throws {
        var objects: [(ResourceType, JSON)] = [
            (Deployment.resource, Sample.deployment("web")), (Pod.resource, Sample.pod("p")),
            (Service.resource, Sample.service("s")), (Secret.resource, ["stringData": ["a": "b"]]),
            (HTTPRoute.resource, ["spec": ["rules": [["backendRefs": [["name": "a", "port": 80]]]]]]),
        ]
        for index in objects.indices {
            let kind = try #require(ServedKinds.standard.kind(objects[index].0))
            kind.defaults(&objects[index].1)
            let once = objects[index].1
            kind.defaults(&objects[index].1)
            #expect(objects[index].1 == once)
        }
        #expect(objects[3].1["data"] == ["a": "Yg=="])
        #expect(
            objects[4].1[path: "spec", "rules"]?[0]?["matches"]?[0]?["path"] == ["type": "PathPrefix", "value": "/"])
        #expect(objects[4].1[path: "spec", "rules"]?[0]?["backendRefs"]?[0]?["weight"] == 1)
    }
}
