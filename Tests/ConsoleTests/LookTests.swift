import Console
import Foundation
import Testing

@Suite("a look at the console by hand")
struct LookTests {
    /// `ESTIBA_CONSOLE_LOOK=PORT:FILE` serves the scripted console on the port until the file appears.
    @Test(
        "serve the scripted console until a file appears",
        .enabled(
            if: ProcessInfo.processInfo.environment["ESTIBA_CONSOLE_LOOK"] != nil, "only when a person asks for it"))
    func look() async throws {
        let parts = try #require(ProcessInfo.processInfo.environment["ESTIBA_CONSOLE_LOOK"]).split(separator: ":")
        let port = try #require(parts.first.flatMap { Int($0) })
        let file = String(try #require(parts.last))
        let second: @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(1)) }
        try await ConsoleServer.with(Port.busy(now: Date()), caller: "ana", port: port, now: { Date() }, pause: second)
        { server in
            var weight = 50.0
            while !FileManager.default.fileExists(atPath: file) {
                try await second()
                weight = weight >= 100 ? 10 : weight + 1
                let share = weight
                let said = Int64(weight)
                server.facts.change { world in
                    world.environments[2].underWay?.canary?.weight = share
                    world.environments[2].services[1].stable?.traffic?.rate = 1200 + share
                    world.incidents[0].closedAt = said.isMultiple(of: 3) ? Date() : nil
                    world.messages.append(
                        MessageFacts(sequence: 1000 + said, at: Date(), author: "estiba", text: "canary at *\(said) %*")
                    )
                }
            }
        }
    }
}
