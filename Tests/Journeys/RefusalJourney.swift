import Foundation
import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(3)))
    func `what is wrong with a commit is said at its place, with status 1`() async throws {
        try await Journey.begin { user in
            let app = try await AppRepository(user)
            func deliver(_ arguments: String...) async throws -> String {
                let output = try await user.command(Machine.binary, ["deliver", app.path] + arguments).run(
                    timeout: .seconds(60))
                #expect(output.status == .exited(1))
                return output.text + output.errorText
            }
            #expect(try await deliver("--ref", "mian").contains("\"mian\""))

            let good = try String(contentsOfFile: app.path + "/estiba.yml", encoding: .utf8)
            try app.write("estiba.yml", good.replacing("images:", with: "imagse:"))
            try await app.commit("a slip in the delivery file")
            #expect(try await deliver().contains("estiba.yml:2:1: unknown key \"imagse\". Did you mean \"images\"?"))

            try app.write("estiba.yml", good)
            let dockerfile = try String(contentsOfFile: app.path + "/Dockerfile", encoding: .utf8)
            try app.write("Dockerfile", dockerfile.replacing("FROM", with: "FORM"))
            try await app.commit("a slip in the Dockerfile")
            let misspelt = try await deliver()
            #expect(misspelt.contains("Dockerfile:1:1: \"FORM\" is not an instruction. Did you mean \"FROM\"?"))
            #expect(!misspelt.contains("/Dockerfile:1:1"))

            try app.write("Dockerfile", dockerfile)
            let workflow = try String(contentsOfFile: app.path + "/.github/workflows/ci.yml", encoding: .utf8)
            try app.write(
                ".github/workflows/ci.yml",
                workflow.replacing("echo checked", with: "echo two is not three >&2 && exit 3"))
            try await app.commit("a red workflow")
            let red = try await deliver()
            #expect(red.contains("two is not three") && red.contains("check"))
            #expect(!(try await user.estiba("status").text.contains("hello-")))
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a second server, a port in use and a wrong command line say what to do`() async throws {
        try await Journey.begin { user in
            let second = try await user.estiba("server", "--config", user.root + "/server.yml")
            #expect(second.status == .exited(1))
            #expect(second.errorText.contains("another server uses \(user.data)"))

            let lane = try Lane.take()
            defer { lane.free() }
            let other = Server(data: user.root + "/other", configuration: user.root + "/other.yml")
            let ports =
                "{ console: \(try user.server.endpoints().console), kubernetes: 0, registry: 0, gateway: 0, prometheus: 0, loki: 0 }"
            try user.write("other.yml", "ports: \(ports)\nnetwork: \(lane.network)\n")
            await #expect(throws: JourneyProblem.self) { try await other.start() }
            #expect(await other.stop() == .exited(1))
            let log = String(decoding: try FileSystem.read(user.root + "/other.log"), as: UTF8.self)
            #expect(log.hasPrefix("error: the console can't listen on 127.0.0.1:"))
            #expect(log.contains("the port is in use"))
            try await user.sweep(lane)

            try user.write("wrong.yml", "ports: { kubernets: 6443 }\n")
            let wrong = try await user.estiba(
                "server", "--data", user.root + "/third", "--config", user.root + "/wrong.yml")
            #expect(wrong.status == .exited(1))
            #expect(wrong.errorText.contains("wrong.yml:1:10") && wrong.errorText.contains("kubernetes"))

            #expect(try await user.estiba("delivr").status == .exited(2))
            let nobody = try await user.estiba("status", "--data", user.root + "/nothing")
            #expect(nobody.status == .exited(1))
            #expect(nobody.errorText.contains("estiba server --data \(user.root)/nothing"))
            let query = try await user.estiba("query", "sum(")
            #expect(query.status == .exited(1))
            #expect(query.errorText.contains("query:1:5") && query.errorText.contains("^"))
            let logs = try await user.estiba("logs", "{app=}")
            #expect(logs.status == .exited(1))
            #expect(logs.errorText.contains("query:1:6") && logs.errorText.contains("^"))
        }
    }
}
