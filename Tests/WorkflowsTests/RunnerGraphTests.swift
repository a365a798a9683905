import Delivery
import Problems
import Syntax
import Testing

@testable import Workflows

struct RunnerGraphTests {
    @Test func `a newer run takes over a concurrency group and the older one is cancelled`() async throws {
        try await RunnerScene.with { scene in
            func workflow(_ script: String) -> String {
                """
                on: push
                concurrency: { group: "deploy-${{ github.ref }}", cancel-in-progress: true }
                jobs: { a: { runs-on: x, steps: [{ run: "\(script)" }] } }
                """
            }
            let first = try scene.request(workflow("echo started; sleep 600"), number: 1)
            let (started, go) = AsyncStream.makeStream(of: Void.self)
            async let older = scene.runner.run(first) { event in
                if case .line(_, let line) = event, line.text == "started" { go.yield() }
            }
            for await _ in started { break }
            let newer = try await scene.run(workflow("echo newer"), number: 2)
            #expect(newer.isSuccess)
            let result = try await older
            #expect(result.record.status == .cancelled)
            #expect(result.problem?.summary.contains("takes over the concurrency group") == true)
        }
    }

    @Test func `a job has the folders of its predecessor, which are empty, and others while that one runs`()
        async throws
    {
        try await RunnerScene.with { scene in
            func workflow(_ script: String) -> String {
                "{ on: push, jobs: { a: { runs-on: x, steps: [{ run: '\(script)' }] } } }"
            }
            let script = "pwd; ls -A; touch left; mkdir .git"
            #expect(try await scene.run(workflow(script), number: 1).isSuccess)
            #expect(try await scene.run(workflow(script), number: 2).isSuccess)
            let first = try await scene.log("a", number: 1)
            #expect(first.count == 1)
            #expect(try await scene.log("a", number: 2) == first)

            let waits = try scene.request(workflow("pwd; sleep 600"), number: 3)
            let (started, go) = AsyncStream.makeStream(of: Void.self)
            let older = Task {
                try await scene.runner.run(waits) { event in if case .line = event { go.yield() } }
            }
            for await _ in started { break }
            #expect(try await scene.run(workflow(script), number: 4).isSuccess)
            #expect(try await scene.log("a", number: 4) != first)
            older.cancel()
            #expect(try await older.value.record.status == .cancelled)
            #expect(try await scene.log("a", number: 3) == first)
        }
    }

    @Test func `jobs of one group run one after the other`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  a:
                    runs-on: x
                    concurrency: one
                    steps: [{ run: 'mkdir "$RUNNER_TOOL_CACHE/held" && ls && rmdir "$RUNNER_TOOL_CACHE/held"' }]
                  b:
                    runs-on: x
                    concurrency: one
                    steps: [{ run: 'mkdir "$RUNNER_TOOL_CACHE/held" && ls && rmdir "$RUNNER_TOOL_CACHE/held"' }]
                """)
            #expect(result.problem == nil)
        }
    }

    @Test func `a matrix may come from the output of another job, and a job that may fail doesn't fail the run`()
        async throws
    {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  list:
                    runs-on: x
                    outputs: { ports: "${{ steps.l.outputs.ports }}" }
                    steps: [{ id: l, run: 'echo "ports=[\\"ESBIO\\",\\"NLRTM\\"]" >> $GITHUB_OUTPUT' }]
                  each:
                    needs: list
                    runs-on: x
                    continue-on-error: ${{ matrix.port == 'NLRTM' }}
                    strategy:
                      fail-fast: false
                      matrix: { port: "${{ fromJSON(needs.list.outputs.ports) }}" }
                    steps: [{ run: 'echo ${{ matrix.port }}; test ${{ matrix.port }} = ESBIO' }]
                  last:
                    needs: each
                    runs-on: x
                    steps: [{ run: 'echo ${{ needs.each.result }}' }]
                """)
            #expect(result.record.status == .success)
            #expect(try await scene.log("each-1") == ["ESBIO"])
            #expect(result.record.jobs.first { $0.key == "each-2" }?.status == .failure)
            #expect(try await scene.log("last") == ["success"])
        }
    }

    @Test func `inputs of a dispatch reach the steps, with their defaults`() async throws {
        try await RunnerScene.with { scene in
            var request = try scene.request(
                """
                on:
                  workflow_dispatch:
                    inputs:
                      port: { type: string, default: ESBIO }
                      dry: { type: boolean, default: false }
                      who: { type: string }
                jobs:
                  a:
                    runs-on: x
                    if: ${{ !inputs.dry }}
                    steps: [{ run: 'echo ${{ inputs.port }} ${{ inputs.who }} ${{ github.event.inputs.who }} ${{ github.event_name }}' }]
                """)
            request.event = WorkflowEvent(.workflowDispatch, ref: "refs/heads/main", inputs: ["who": "ana"])
            #expect(try await scene.runner.run(request).isSuccess)
            #expect(try await scene.log("a") == ["ESBIO ana ana workflow_dispatch"])
        }
    }

    @Test func `an expression that fails while the job runs points at its line`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps:
                      - run: echo one
                      - run: echo ${{ fromJSON('{') }}
                """)
            #expect(result.record.status == .failure)
            #expect(result.problem?.what.contains("ci.yml:7:23") == true)
        }
    }
}
