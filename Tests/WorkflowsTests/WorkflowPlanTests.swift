import Problems
import Syntax
import Testing

@testable import Workflows

struct WorkflowPlanTests {
    private func plan(_ text: String) throws -> WorkflowPlan {
        try WorkflowPlan.read(SourceText(name: "ci.yml", text))
    }

    private func problems(_ text: String) -> [Diagnostic] {
        do {
            _ = try plan(text)
            return []
        } catch let problem as Diagnostics {
            return problem.all
        } catch {
            return []
        }
    }

    @Test func `jobs stand in stages by what they need`() throws {
        let plan = try plan(
            """
            on: push
            jobs:
              deploy: { needs: [test, lint], runs-on: x, steps: [{ run: a }] }
              test: { needs: build, runs-on: x, steps: [{ run: a }] }
              build: { runs-on: x, steps: [{ run: a }] }
              lint: { runs-on: x, steps: [{ run: a }] }
            """)
        #expect(plan.stages == [["build", "lint"], ["test"], ["deploy"]])
        #expect(plan.ancestors(of: "deploy") == ["test", "lint", "build"])
    }

    @Test func `a job that needs what isn't there is shown with a caret`() throws {
        let problem = try #require(
            problems("on: push\njobs:\n  a:\n    needs: [bild]\n    runs-on: x\n  build:\n    runs-on: x\n").first)
        #expect(problem.location?.line == 4)
        #expect(problem.location?.column == 13)
        #expect(problem.location?.width == 4)
        #expect(problem.remedy == "Did you mean \"build\"?")
    }

    @Test func `a circle of needs is named`() throws {
        let problem = try #require(
            problems(
                "on: push\njobs:\n  a: { needs: b, runs-on: x }\n  b: { needs: c, runs-on: x }\n  c: { needs: b, runs-on: x }\n  d: { runs-on: x }\n"
            ).first)
        #expect(problem.summary == "these jobs wait for each other: b → c → b")
        #expect(problem.location?.line == 4)
    }

    @Test func `what isn't supported is said at its line before anything runs`() {
        let found = problems(
            """
            on: push
            jobs:
              a:
                runs-on: x
                container: debian
                services:
                  db: postgres
                steps:
                  - uses: actions/setup-node@v4
                  - uses: ./local
                  - uses: actions/checkout@v4
                    with: { submodules: true }
                  - run: x
                    timout-minutes: 3
              b:
                uses: ./.github/workflows/other.yml
            """)
        #expect(
            found.filter { $0.category == .unsupported }.compactMap { $0.location?.line }.sorted() == [
                5, 6, 9, 10, 12, 16,
            ])
        let typo = found.first { $0.code == "yaml.unknown-key" }
        #expect(typo?.location?.line == 14)
        #expect(typo?.remedy == "Did you mean \"timeout-minutes\"?")
    }

    @Test func `a mistake inside a script is found at its own line and column`() throws {
        let problem = try #require(
            problems(
                """
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps:
                      - run: |
                          echo one
                          echo ${{ step.x.outputs.y }}
                """
            ).first)
        #expect(problem.location?.line == 8)
        #expect(problem.location?.column == 20)
        #expect(problem.location?.width == 4)
        #expect(problem.remedy == "Did you mean \"steps\"?")
    }

    @Test(arguments: [
        ("branches: [main]", "refs/heads/main", true), ("branches: [main]", "refs/heads/dev", false),
        ("branches: ['releases/**']", "refs/heads/releases/1/x", true),
        ("branches: ['releases/*']", "refs/heads/releases/1/x", false),
        ("branches: ['**', '!wip/**']", "refs/heads/wip/x", false),
        ("branches: ['**', '!wip/**']", "refs/heads/main", true),
        ("branches-ignore: ['wip*']", "refs/heads/wip-1", false),
        ("branches-ignore: ['wip*']", "refs/heads/main", true),
        ("tags: ['v[0-9]+.*']", "refs/tags/v12.3", true), ("tags: ['v[0-9]+.*']", "refs/tags/vx.3", false),
        ("tags: ['v*']", "refs/heads/main", false), ("branches: [main]", "refs/tags/v1", false),
        ("branches: ['colou?r']", "refs/heads/color", true), ("paths: ['src/**']", "refs/heads/main", true),
        ("paths: ['docs/**']", "refs/heads/main", false), ("paths: ['**/*.swift']", "refs/heads/main", true),
        ("paths: ['*.swift']", "refs/heads/main", false), ("paths-ignore: ['src/**']", "refs/heads/main", false),
        ("paths-ignore: ['src/*.md']", "refs/heads/main", true),
    ])
    func `filters of a push decide whether it starts the workflow`(_ filter: String, _ ref: String, _ starts: Bool)
        throws
    {
        let plan = try plan("on:\n  push:\n    \(filter)\njobs: { a: { runs-on: x, steps: [{ run: a }] } }\n")
        #expect(plan.isStarted(by: WorkflowEvent(.push, ref: ref, changedPaths: ["src/a/b.swift"])) == starts)
    }

    @Test func `an event that never happens here starts nothing`() throws {
        let plan = try plan("on: [pull_request, schedule]\njobs: { a: { runs-on: x, steps: [{ run: a }] } }\n")
        #expect(!plan.isStarted(by: WorkflowEvent(.push, ref: "refs/heads/main")))
        #expect(!plan.isStarted(by: WorkflowEvent(.workflowDispatch, ref: "refs/heads/main")))
    }
}
