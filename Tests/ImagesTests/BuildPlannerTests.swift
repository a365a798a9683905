import OCI
import Problems
import Syntax
import Testing

@testable import Images

private func plan(_ text: String, _ arguments: [String: String] = [:], target: String? = nil) throws -> BuildPlan {
    try BuildPlanner.plan(
        SourceText(name: "Dockerfile", text), arguments: arguments, target: target, platform: Platform("linux/amd64"))
}

struct BuildPlannerTests {
    private let stages = """
        ARG VERSION=12
        FROM debian:$VERSION AS base
        RUN a
        FROM base AS one
        RUN b
        FROM scratch AS two
        COPY --from=busybox /bin/sh /
        FROM scratch AS unused
        COPY nothing /
        FROM scratch
        COPY --from=one /x /
        COPY --from=2 /y /
        """

    @Test func `only the stages that are needed are built, each after those it needs`() throws {
        let plan = try plan(stages)
        #expect(plan.stages.map(\.name) == ["base", "one", "two", "stage-4"])
        #expect(plan.stages.map(\.needs) == [[], [0], [], [1, 2]])
        #expect(plan.stages[0].base == .image(try ImageReference("debian:12"), try Platform("linux/amd64")))
        #expect(plan.stages[1].base == .stage(0))
        #expect(plan.stages[2].steps[0].source == .image(try ImageReference("busybox")))
        #expect(plan.stepCount == 9)
        #expect(plan.stages.flatMap(\.steps).map(\.number) == [2, 4, 6, 8, 9])
    }

    @Test func `a target ends the build early`() throws {
        #expect(try plan(stages, target: "base").stages.map(\.name) == ["base"])
        #expect(try plan(stages, target: "ONE").stages.map(\.name) == ["base", "one"])
        #expect(try plan(stages, target: "2").stages.map(\.name) == ["two"])
        let error = #expect(throws: Diagnostic.self) { try plan(stages, target: "tow") }
        #expect(error?.remedy == "Did you mean \"two\"?")
    }

    @Test func `arguments choose base images, and unknown ones are noticed`() throws {
        let plan = try plan(stages, ["VERSION": "11", "VERSOIN": "1", "HTTPS_PROXY": "x"])
        #expect(plan.stages[0].base == .image(try ImageReference("debian:11"), try Platform("linux/amd64")))
        #expect(plan.unusedArguments == ["VERSOIN"])
    }

    @Test(arguments: [
        ("FROM Debian", "images.dockerfile.reference", 1), ("ARG A\nFROM $A", "images.dockerfile.base", 2),
        ("FROM scratch\nCOPY --from=1 a b", "images.dockerfile.from-stage", 2),
        ("FROM scratch AS a\nCOPY --from=a a b", "images.dockerfile.from-stage", 2),
        ("FROM --platform=a/b/c/d scratch", "images.dockerfile.reference", 1),
    ])
    func `what can't be planned has a place`(text: String, code: String, line: Int) {
        let error = #expect(throws: Diagnostic.self) { try plan(text) }
        #expect(error?.code == code)
        #expect(error?.location?.line == line)
    }

    private func state(_ text: String, _ given: [String: String] = [:]) throws -> (StageState, [StageState.Work]) {
        let plan = try plan("ARG GLOBAL=g\nFROM scratch\n" + text, given)
        var state = StageState()
        let works = try plan.stages[0].steps.map { try state.apply($0.instruction, plan: plan, given: given) }
        return (state, works)
    }

    @Test func `instructions change the image's configuration`() throws {
        let (state, works) = try state(
            """
            ENV A=1 B="two words" C=$A
            ENV D old form
            ENV A=2
            LABEL a="x y" b=$A
            WORKDIR /srv
            WORKDIR app/..
            USER app:app
            EXPOSE 8080 53/udp 9000-9001
            VOLUME ["/data", "cache"]
            SHELL ["/bin/bash", "-c"]
            ENTRYPOINT run me
            CMD ["--x"]
            STOPSIGNAL SIGINT
            HEALTHCHECK --retries=2 CMD ok
            """)
        let execution = state.execution
        #expect(execution.env == ["PATH=" + StageState.usualPath, "A=2", "B=two words", "C=", "D=old form"])
        #expect(execution.labels == ["a": "x y", "b": "2"])
        #expect(execution.workingDir == "/srv")
        #expect(works[4] == .makeDirectory("/srv"))
        #expect(execution.user == "app:app")
        #expect(execution.exposedPorts == ["53/udp", "8080/tcp", "9000/tcp", "9001/tcp"])
        #expect(execution.volumes == ["/data", "/srv/cache"])
        #expect(execution.entrypoint == ["/bin/bash", "-c", "run me"])
        #expect(execution.cmd == ["--x"])
        #expect(execution.stopSignal == "SIGINT")
        #expect(execution.healthcheck?.test == ["CMD-SHELL", "ok"])
    }

    @Test func `arguments are in scope after their ARG, and ENV wins`() throws {
        let (state, works) = try state(
            """
            RUN first
            ARG GLOBAL
            ARG WITH=default
            ARG GIVEN=default
            ARG TARGETARCH
            ENV WITH=env
            RUN ["second", "$WITH"]
            COPY a b /$GIVEN/$WITH/
            """, ["GIVEN": "given"])
        guard case .run(let first) = works[0], case .run(let second) = works[6], case .copy(let copy) = works[7] else {
            Issue.record("other work")
            return
        }
        #expect(first.arguments == ["/bin/sh", "-c", "first"])
        #expect(first.environment == state.execution.env.dropLast())
        #expect(second.arguments == ["second", "$WITH"])
        #expect(second.environment.dropFirst() == ["WITH=env", "GIVEN=given", "GLOBAL=g", "TARGETARCH=amd64"])
        #expect(copy.destination == "/given/env/")
    }

    @Test func `an entry point takes the base image's command away`() throws {
        var base = ImageConfiguration(platform: .current)
        base.config?.cmd = ["old"]
        let plan = try plan("FROM scratch\nENTRYPOINT [\"new\"]")
        var state = StageState(base, layers: [])
        _ = try state.apply(plan.stages[0].steps[0].instruction, plan: plan, given: [:])
        #expect(state.execution.cmd == nil)
    }

    @Test(arguments: [
        ("EXPOSE 70000", "images.dockerfile.port"), ("EXPOSE 1/icmp", "images.dockerfile.port"),
        ("STOPSIGNAL TERM", "images.dockerfile.signal"), ("COPY a b c", "images.dockerfile.copy-destination"),
        ("COPY --chmod=u+x a b", "images.dockerfile.chmod"), ("ENV A=${B:?}", "images.dockerfile.variable"),
    ])
    func `values are checked where they are used`(text: String, code: String) {
        let error = #expect(throws: Diagnostic.self) { try state(text) }
        #expect(error?.code == code)
        #expect(error?.location?.line == 3)
    }
}
