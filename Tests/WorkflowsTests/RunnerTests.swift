import Delivery
import FoundationEssentials
import Problems
import Syntax
import Testing

@testable import Workflows

struct RunnerTests {
    @Test func `steps share environment, path, outputs and the checkout`() async throws {
        try await RunnerScene.with(files: ["src/app.txt": "hello\n", "bin/tool": "#!/bin/sh\necho tool-ran\n"]) {
            scene in
            let result = try await scene.run(
                """
                on: push
                env: { LEVEL: workflow, ONE: "1" }
                jobs:
                  build:
                    runs-on: ubuntu-latest
                    env: { LEVEL: job }
                    outputs: { version: "${{ steps.make.outputs.version }}-${{ env.EXTRA }}" }
                    steps:
                      - uses: actions/checkout@v4
                      - id: make
                        env: { LEVEL: step }
                        run: |
                          cat src/app.txt
                          echo "level $LEVEL one $ONE in $GITHUB_REF_NAME at $GITHUB_SHA"
                          echo "version=1.2" >> "$GITHUB_OUTPUT"
                          echo "EXTRA=more" >> $GITHUB_ENV
                          printf 'LINES<<END\\na\\nb=c\\nEND\\n' >> "$GITHUB_ENV"
                          chmod +x bin/tool; echo "$PWD/bin" >> "$GITHUB_PATH"
                          echo "## done" >> "$GITHUB_STEP_SUMMARY"
                      - run: |
                          tool
                          echo "$LEVEL $EXTRA ${{ steps.make.outputs.version }} ${{ vars.REGION }}"
                          echo "$LINES"
                        working-directory: src
                  after:
                    needs: build
                    runs-on: any
                    steps:
                      - run: echo "got ${{ needs.build.outputs.version }} ${{ needs.build.result }}"
                """)
            #expect(result.problem == nil)
            #expect(result.record.status == .success)
            let build = try await scene.log("build")
            #expect(build.contains("hello"))
            #expect(build.contains("level step one 1 in main at \(scene.revision.commit)"))
            #expect(build.contains("tool-ran"))
            #expect(build.contains("job more 1.2 eu"))
            #expect(build.suffix(2) == ["a", "b=c"])
            #expect(try await scene.log("after") == ["got 1.2-more success"])
            let summary = try String(
                contentsOf: URL(filePath: scene.archive.folder(result.record.id, "ci") + "/build.summary.md"),
                encoding: .utf8)
            #expect(summary.hasPrefix("## done"))
        }
    }

    @Test func `a failing step stops its job, and the problem quotes its last lines`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  build:
                    runs-on: x
                    steps:
                      - id: soft
                        run: exit 4
                        continue-on-error: true
                      - run: echo "${{ steps.soft.outcome }} ${{ steps.soft.conclusion }} ${{ job.status }}"
                      - name: compile
                        run: |
                          echo "app.swift:3: cannot find 'x'"
                          echo "::error file=app.swift,line=3,col=7::cannot find x"
                          exit 3
                          echo never
                      - run: echo skipped
                      - if: failure()
                        run: echo "cleaning, ${{ job.status }}"
                  next:
                    needs: build
                    runs-on: x
                    steps: [{ run: echo no }]
                  report:
                    needs: [build]
                    if: always() && needs.build.result == 'failure'
                    runs-on: x
                    steps: [{ run: echo reported }]
                """)
            #expect(result.record.status == .failure)
            let problem = try #require(result.problem)
            #expect(problem.step == "compile")
            #expect(problem.summary.contains("app.swift:3: cannot find 'x'"))
            #expect(problem.summary.contains("exit code 3"))
            #expect(
                try await scene.log("build") == [
                    "failure success success", "app.swift:3: cannot find 'x'", "cleaning, failure",
                ])
            #expect(try await scene.log("report") == ["reported"])
            let jobs = result.record.jobs
            #expect(jobs.first { $0.id == "next" }?.status == .skipped)
            let build = try #require(jobs.first { $0.id == "build" })
            #expect(build.steps.map(\.conclusion) == [.success, .success, .failure, .skipped, .success])
            #expect(build.steps[0].outcome == .failure)
            #expect(build.steps[2].exitCode == 3)
            #expect(
                build.annotations == [
                    Annotation(level: .error, message: "cannot find x", file: "app.swift", line: 3, column: 7, step: 2)
                ])
        }
    }

    @Test func `a matrix runs one job for each combination and stops the others when one fails`() async throws {
        try await RunnerScene.with(jobs: 1) { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  test:
                    runs-on: ${{ matrix.os }}
                    strategy:
                      max-parallel: 1
                      matrix:
                        os: [linux]
                        version: [1, 2, 3]
                        exclude: [{ version: 3 }]
                        include: [{ version: 2, extra: yes }, { os: other, version: 9 }]
                    steps:
                      - run: echo "${{ matrix.os }} ${{ matrix.version }} [${{ matrix.extra }}] ${{ strategy.job-index }}/${{ strategy.job-total }}"
                      - if: matrix.version == 2
                        run: exit 1
                """)
            #expect(result.record.jobs.map(\.name) == ["test (linux, 1)", "test (linux, 2, yes)", "test (other, 9)"])
            #expect(result.record.jobs.map(\.status) == [.success, .failure, .cancelled])
            #expect(try await scene.log("test-2") == ["linux 2 [yes] 1/3"])
        }
    }

    @Test func `secrets never reach the log, in no form`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  build:
                    runs-on: x
                    steps:
                      - env: { KEY: "${{ secrets.KEY }}", TOKEN: "${{ secrets.TOKEN }}" }
                        run: |
                          echo "token $TOKEN"
                          echo "$KEY"
                          printf %s "$TOKEN" | base64
                          printf %s "x$TOKEN" | base64
                          late=made; late=$late-later
                          echo "::add-mask::$late"
                          echo "then $late is hidden"
                      - run: echo ${{ secrets.TOKEN }}; exit 1
                """, secrets: ["TOKEN": "hunter2-swordfish", "KEY": "-----BEGIN-----\nabcdef123456\n-----END-----"])
            let path = scene.archive.logPath(result.record.id, "ci", "build")
            let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
            for secret in ["hunter2", "swordfish", "abcdef123456", "aHVudGVyMi", "made-later is"] {
                #expect(!text.contains(secret), "\(secret) is in the log")
            }
            #expect(text.contains("token ***"))
            #expect(text.contains("then *** is hidden"))
            #expect(result.problem?.summary.contains("swordfish") == false)
        }
    }

    @Test func `a time limit stops a step and what it has started, even in sessions of its own`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  build:
                    runs-on: x
                    steps:
                      - timeout-minutes: 0.01
                        run: |
                          setsid sleep 600 &
                          sleep 600
                """)
            #expect(result.record.status == .failure)
            #expect(result.problem?.what.contains("time limit") == true)
            let mark = JobFolders.mark(result.record.id, "ci", "build", in: scene.archive.directory)
            #expect(ProcessSweep.processes(marked: "\(ProcessSweep.variable)=\(mark)").isEmpty)
        }
    }

    @Test func `cancelling a run kills its processes and lets what always runs, run`() async throws {
        try await RunnerScene.with { scene in
            let request = try scene.request(
                """
                on: push
                jobs:
                  build:
                    runs-on: x
                    steps:
                      - run: |
                          (setsid sh -c 'sleep 600; sleep 601' &)
                          echo started
                          sleep 600
                      - run: echo not this
                      - if: cancelled()
                        run: echo tidied
                  next:
                    needs: build
                    runs-on: x
                    steps: [{ run: echo no }]
                """)
            let (started, go) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await scene.runner.run(request) { event in
                    if case .line(_, let line) = event, line.kind == .output, line.text == "started" { go.yield() }
                }
            }
            for await _ in started { break }
            task.cancel()
            let result = try await task.value
            #expect(result.record.status == .cancelled)
            #expect(result.problem?.isCancelled == true)
            #expect(try await scene.log("build") == ["started", "tidied"])
            #expect(result.record.jobs.map(\.status) == [.cancelled, .cancelled])
            let mark = JobFolders.mark(result.record.id, "ci", "build", in: scene.archive.directory)
            #expect(ProcessSweep.processes(marked: "\(ProcessSweep.variable)=\(mark)").isEmpty)
        }
    }

    @Test func `artifacts pass from job to job, and stay with the run`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                jobs:
                  build:
                    runs-on: x
                    steps:
                      - run: mkdir -p out/bin out/doc && echo one > out/bin/ships && chmod +x out/bin/ships && echo two > out/doc/x.md
                      - uses: actions/upload-artifact@v4
                        with: { name: ships, path: out/bin }
                      - uses: actions/upload-artifact@v4
                        with:
                          name: docs
                          path: |
                            out/**/*.md
                  use:
                    needs: build
                    runs-on: x
                    steps:
                      - uses: actions/download-artifact@v4
                        with: { name: ships, path: got }
                      - run: test -x got/ships && cat got/ships
                """)
            #expect(result.problem == nil)
            #expect(try await scene.log("use").last == "one")
            #expect(scene.archive.artifacts(result.record.id) == ["docs", "ships"])
            #expect(
                FileManager.default.fileExists(atPath: scene.archive.artifact(result.record.id, "docs") + "/doc/x.md"))
        }
    }

    @Test func `a cache is saved by the first run and restored by the next`() async throws {
        let workflow = """
            on: push
            jobs:
              build:
                runs-on: x
                steps:
                  - uses: actions/checkout@v4
                  - id: cache
                    uses: actions/cache@v4
                    with:
                      path: deps
                      key: deps-${{ hashFiles('lock') }}
                      restore-keys: deps-
                  - run: echo "hit=${{ steps.cache.outputs.cache-hit }}"; test -f deps/x || (mkdir -p deps; echo made; touch deps/x)
            """
        try await RunnerScene.with(files: ["lock": "1"]) { scene in
            #expect(try await scene.run(workflow).problem == nil)
            #expect(try await scene.run(workflow, number: 2).problem == nil)
            #expect(try await scene.log("build", number: 1).contains("made"))
            let second = try await scene.log("build", number: 2)
            #expect(second.contains("hit=true"))
            #expect(!second.contains("made"))
        }
    }

    @Test func `several readers follow a log while it grows`() async throws {
        try await RunnerScene.with { scene in
            let request = try scene.request(
                """
                on: push
                jobs:
                  build:
                    runs-on: x
                    steps: [{ run: 'for i in $(seq 500); do echo line $i; done' }]
                """)
            let (started, go) = AsyncStream.makeStream(of: Void.self)
            let id = request.id
            async let result = scene.runner.run(request) { event in if case .stepStarted = event { go.yield() } }
            for await _ in started { break }
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        var count = 0
                        for try await line in scene.archive.log(id, "ci", job: "build") where line.kind == .output {
                            count += 1
                        }
                        return count
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts == [500, 500, 500])
            #expect(try await result.isSuccess)
        }
    }

    @Test func `what was running when the process ended is marked as interrupted`() async throws {
        try await RunnerScene.with { scene in
            var record = try await scene.run("on: push\njobs: { a: { runs-on: x, steps: [{ run: 'true' }] } }").record
            record.status = .running
            record.finishedAt = nil
            record.jobs[0].status = .running
            try scene.archive.save(record)
            let marked = try scene.archive.markInterrupted(now: Date())
            #expect(marked.map(\.status) == [.interrupted])
            #expect(try scene.archive.record(record.id, "ci")?.jobs[0].status == .interrupted)
            #expect(try scene.archive.markInterrupted(now: Date()).isEmpty)
        }
    }

    @Test func `shells are started as GitHub starts them`() async throws {
        try await RunnerScene.with { scene in
            let result = try await scene.run(
                """
                on: push
                defaults: { run: { shell: bash } }
                jobs:
                  build:
                    runs-on: x
                    steps:
                      - run: false | true; echo not reached
                        continue-on-error: true
                      - shell: sh
                        run: echo "$0" | sed 's/.*step/step/'
                      - shell: python
                        run: |
                          import os
                          print("python", os.environ["CI"])
                      - shell: cat {0}
                        run: as it is
                """)
            #expect(result.problem == nil)
            #expect(try await scene.log("build") == ["step-1.sh", "python true", "as it is"])
        }
    }
}
