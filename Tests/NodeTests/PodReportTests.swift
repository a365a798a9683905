import FoundationEssentials
import Kube
import Testing

@testable import Node

struct PodReportTests {
    func status(_ facts: PodFacts, previous: PodStatus? = nil) -> PodStatus {
        PodReport(facts: facts, podAddress: "10.244.0.5", hostAddress: "192.0.2.1", startTime: PodMachineTests.now)
            .status(previous: previous)
    }

    func condition(_ type: String, _ status: PodStatus) -> Condition? { status.conditions?.first { $0.type == type } }

    @Test func `a running container without a readiness probe is ready`() {
        let status = status(PodMachineTests.facts("Always", ["main": PodMachineTests.running()]))
        #expect(status.phase == "Running")
        #expect(status.containerStatuses?.first?.ready == true)
        #expect(condition("Ready", status)?.status == "True")
        #expect(status.podIPs == [PodIP(ip: "10.244.0.5")])
    }

    @Test func `with a readiness probe it is ready when the probe says so`() {
        var facts = PodMachineTests.facts("Always", ["main": PodMachineTests.running()])
        facts.pod.spec.containers[0].readinessProbe = Probe()
        #expect(status(facts).containerStatuses?.first?.ready == false)
        #expect(condition("Ready", status(facts))?.reason == "ContainersNotReady")
        facts.containers["main"]?.probedReady = true
        #expect(status(facts).containerStatuses?.first?.ready == true)
    }

    @Test func `before its startup probe has succeeded it is neither started nor ready`() {
        var facts = PodMachineTests.facts("Always", ["main": PodMachineTests.running()])
        facts.pod.spec.containers[0].startupProbe = Probe()
        #expect(status(facts).containerStatuses?.first?.started == false)
        #expect(status(facts).containerStatuses?.first?.ready == false)
        facts.containers["main"]?.isStarted = true
        #expect(status(facts).containerStatuses?.first?.ready == true)
    }

    @Test func `conditions keep the time of their last change`() {
        var facts = PodMachineTests.facts("Always", ["main": PodMachineTests.running()])
        let before = status(facts)
        facts.now = PodMachineTests.now.addingTimeInterval(60)
        #expect(status(facts, previous: before) == before)
        facts.containers["main"] = PodMachineTests.ended(1)
        let after = status(facts, previous: before)
        #expect(condition("Ready", after)?.lastTransitionTime != condition("Ready", before)?.lastTransitionTime)
        #expect(condition("Initialized", after) == condition("Initialized", before))
    }

    @Test func `a container between two tries waits and shows its last end`() {
        var record = PodMachineTests.ended(2)
        record.previous = record.end
        record.phase = .waiting(reason: "CrashLoopBackOff", message: "back-off 10s")
        record.restarts = 4
        let shown = status(PodMachineTests.facts("Always", ["main": record])).containerStatuses?.first
        #expect(shown?.state?.waiting?.reason == "CrashLoopBackOff")
        #expect(shown?.lastState?.terminated?.exitCode == 2)
        #expect(shown?.restartCount == 4)
    }

    @Test func `a signal is named beside the exit code`() {
        let shown = status(PodMachineTests.facts("Never", ["main": PodMachineTests.ended(137)])).containerStatuses?
            .first
        #expect(shown?.state?.terminated?.signal == 9)
    }

    @Test func `while init containers run the others say so`() {
        let status = status(PodMachineTests.facts(inits: ["a"], ["a": PodMachineTests.running("a-0-u")]))
        #expect(status.containerStatuses?.first?.state?.waiting?.reason == "PodInitializing")
        #expect(condition("Initialized", status)?.message == "containers with incomplete status: [a]")
    }
}
