import FoundationEssentials
import Kube
import Testing

@testable import Node

struct PodMachineTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func facts(_ policy: String = "Always", inits: [String] = [], _ records: [String: ContainerRecord] = [:])
        -> PodFacts
    {
        var pod = Pod(
            metadata: ObjectMeta(name: "p", namespace: "shop"),
            spec: PodSpec(containers: [Kube.Container(name: "main", image: "i")], restartPolicy: policy))
        if !inits.isEmpty { pod.spec.initContainers = inits.map { Kube.Container(name: $0, image: "i") } }
        return PodFacts(pod: pod, containers: records, sandbox: .ready, now: now)
    }

    static func running(_ id: String = "main-0-u") -> ContainerRecord {
        var record = ContainerRecord()
        record.phase = .running(ContainerRun(id: id, startedAt: now))
        return record
    }

    /// Ended `ago` seconds ago for the `failures`-th time in a row.
    static func ended(_ code: Int, failures: Int = 1, ago: Double = 1) -> ContainerRecord {
        var record = ContainerRecord()
        let at = now.addingTimeInterval(-ago)
        record.phase = .ended(
            ContainerEnd(id: "main-0-u", exitCode: code, reason: "Error", startedAt: at, finishedAt: at))
        record.restarts = failures - 1
        for _ in 0..<failures { record.backoff.recordEnd(at: at, ran: 1) }
        return record
    }

    @Test func `a new pod gets its sandbox and its first container together`() {
        var facts = Self.facts()
        facts.sandbox = .absent
        #expect(PodMachine.plan(facts).actions == [.prepareSandbox, .start(container: "main", attempt: 0)])
    }

    @Test func `a sandbox that failed is tried again when its time has come`() {
        var facts = Self.facts()
        let later = Self.now.addingTimeInterval(2)
        facts.sandbox = .failed(retryAt: later)
        #expect(PodMachine.plan(facts) == PodPlan(actions: [], wakeAt: later))
        facts.now = later
        #expect(PodMachine.plan(facts).actions.first == .prepareSandbox)
    }

    @Test(arguments: [
        ("Always", 0, true), ("Always", 1, true), ("OnFailure", 0, false), ("OnFailure", 1, true), ("Never", 0, false),
        ("Never", 1, false),
    ])
    func `the policy decides whether an ended container starts again`(_ policy: String, _ code: Int, _ restarts: Bool) {
        let plan = PodMachine.plan(Self.facts(policy, ["main": Self.ended(code)]))
        #expect(plan.actions.contains(.start(container: "main", attempt: 1)) == restarts)
        #expect(plan.actions.contains(.releaseSandbox) == !restarts)
    }

    @Test func `a container that ends again and again waits longer each time`() {
        let plan = PodMachine.plan(Self.facts("Always", ["main": Self.ended(1, failures: 3, ago: 5)]))
        guard case .hold("main", "CrashLoopBackOff", let message)? = plan.actions.first else {
            Issue.record("not held: \(plan)")
            return
        }
        #expect(message.hasPrefix("back-off 20s restarting failed container=main"))
        #expect(plan.wakeAt == Self.now.addingTimeInterval(15))
    }

    @Test(arguments: [(1, 0.0), (2, 10), (3, 20), (4, 40), (6, 160), (7, 300), (100, 300)])
    func `the back-off doubles up to five minutes`(_ failures: Int, _ delay: Double) {
        #expect(RestartBackoff.delay(after: failures) == delay)
    }

    @Test func `a long run forgets earlier failures`() {
        var backoff = RestartBackoff()
        for _ in 0..<5 { backoff.recordEnd(at: Self.now, ran: 1) }
        backoff.recordEnd(at: Self.now, ran: 601)
        #expect(backoff.failures == 1)
        #expect(!backoff.holds(at: Self.now))
    }

    @Test func `init containers run one after the other, and before the others`() {
        let first = PodMachine.plan(Self.facts(inits: ["a", "b"]))
        #expect(first.actions == [.start(container: "a", attempt: 0)])
        let second = PodMachine.plan(Self.facts(inits: ["a", "b"], ["a": Self.ended(0)]))
        #expect(second.actions == [.start(container: "b", attempt: 0)])
        let last = PodMachine.plan(Self.facts(inits: ["a", "b"], ["a": Self.ended(0), "b": Self.ended(0)]))
        #expect(last.actions == [.start(container: "main", attempt: 0)])
    }

    @Test(arguments: [("Always", "Pending"), ("OnFailure", "Pending"), ("Never", "Failed")])
    func `a failed init container fails the pod only where nothing restarts`(_ policy: String, _ phase: String) {
        #expect(PodMachine.phase(Self.facts(policy, inits: ["a"], ["a": Self.ended(1)])).rawValue == phase)
    }

    @Test func `phases follow from the containers`() {
        #expect(PodMachine.phase(Self.facts()) == .pending)
        #expect(PodMachine.phase(Self.facts("Always", ["main": Self.running()])) == .running)
        #expect(PodMachine.phase(Self.facts("Always", ["main": Self.ended(0)])) == .running)
        #expect(PodMachine.phase(Self.facts("OnFailure", ["main": Self.ended(0)])) == .succeeded)
        #expect(PodMachine.phase(Self.facts("Never", ["main": Self.ended(2)])) == .failed)
    }

    @Test func `a deleted pod's containers are stopped within its grace period`() {
        var facts = Self.facts("Always", ["main": Self.running()])
        facts.pod.metadata.deletionTimestamp = "2027-01-15T08:00:30Z"
        facts.pod.metadata.deletionGracePeriodSeconds = 30
        facts.endingSince = Self.now.addingTimeInterval(-4)
        #expect(
            PodMachine.plan(facts).actions == [.stop(container: "main", grace: 26, message: "Stopping container main")])

        facts.containers["main"]?.phase = .running(
            ContainerRun(
                id: "main-0-u", startedAt: Self.now,
                stopping: .init(since: Self.now, deadline: Self.now.addingTimeInterval(26))))
        #expect(PodMachine.plan(facts).actions == [])
        facts.pod.metadata.deletionGracePeriodSeconds = 5
        #expect(
            PodMachine.plan(facts).actions == [.stop(container: "main", grace: 1, message: "Stopping container main")])
    }

    @Test func `a deleted pod is removed once nothing of it runs or is being made`() {
        var facts = Self.facts()
        facts.isGone = true
        #expect(PodMachine.plan(facts).actions == [.remove])
        facts.sandbox = .preparing
        #expect(PodMachine.plan(facts).actions == [])
        facts.sandbox = .ready
        facts.containers["main"] = ContainerRecord()
        facts.containers["main"]?.phase = .starting(id: "main-0-u")
        #expect(PodMachine.plan(facts).actions == [])
    }

    @Test func `a failed pull waits and then tries the same start again`() {
        var record = ContainerRecord()
        record.phase = .waiting(reason: "ErrImagePull", message: "no such image")
        record.backoff.recordFailure(at: Self.now)
        var facts = Self.facts("Always", ["main": record])
        #expect(PodMachine.plan(facts) == PodPlan(actions: [], wakeAt: Self.now.addingTimeInterval(10)))
        facts.now = Self.now.addingTimeInterval(10)
        #expect(PodMachine.plan(facts).actions == [.start(container: "main", attempt: 0)])
    }
}
