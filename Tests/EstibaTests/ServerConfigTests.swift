import EstibaTesting
import Foundation
import Syntax
import Testing

@testable import estiba

struct ServerConfigTests {
    private func read(_ text: String) throws -> ServerConfig {
        try ServerConfig.read(SourceText(name: "server.yml", utf8: Array(text.utf8)))
    }

    private func problems(_ text: String) -> String {
        do {
            _ = try read(text)
            return ""
        } catch { return rendered(error) }
    }

    @Test func `an empty file is a complete configuration`() throws {
        #expect(try read("{}") == ServerConfig())
        #expect(ServerConfig().listen == "127.0.0.1")
    }

    @Test func `every key is read`() throws {
        let config = try read(
            """
            listen: 0.0.0.0
            ports: { kubernetes: 1, registry: 2, gateway: 3, prometheus: 4, loki: 5, console: 0 }
            network: { pods: 10.1.0.0/24, services: 10.2.0.0/16, name: two }
            users: { ada: { may: [approve, deploy], slack: U1 } }
            chat: { slack: { webhook: $secret:hook, channel: "#ops" } }
            retention: { metrics: 30d, logs: 2d, images: 3d, runs: 4d }
            log: debug
            """)
        #expect(config.listen == "0.0.0.0")
        #expect(config.ports == .init(kubernetes: 1, registry: 2, gateway: 3, prometheus: 4, loki: 5, console: 0))
        #expect(config.network == .init(pods: "10.1.0.0/24", services: "10.2.0.0/16", name: "two"))
        #expect(config.users == ["ada": .init(may: ["approve", "deploy"], slack: "U1")])
        #expect(config.slack == .init(webhook: "$secret:hook", channel: "#ops"))
        #expect(config.retention == .init(metricsDays: 30, logsDays: 2, imagesDays: 3, runsDays: 4))
        #expect(config.logLevel == "debug")
    }

    @Test(arguments: [
        ("prots: {}", "ports"), ("ports: { gatway: 1 }", "gateway"), ("ports: { gateway: 70000 }", "0 for a free one"),
        ("ports: { gateway: web }", "server.yml:1:19"), ("log: loud", "info"), ("retention: { logs: 7 }", "15d"),
        ("retention: { logs: 0d }", "0d"), ("users: { ada: { may: [deplyo] } }", "deploy"),
        ("users: { ada: { can: [deploy] } }", "can"),
        ("chat: { slack: { channel: \"#ops\" } }", "webhook"),
    ])
    func `a mistake is named at its place, with what to write instead`(_ text: String, _ hint: String) {
        let message = problems(text)
        #expect(message.contains(hint), "\(message)")
        #expect(message.contains("server.yml:1:"), "\(message)")
    }

    @Test func `all mistakes are reported together`() {
        let message = problems("log: loud\nports: { gateway: -1 }\n")
        #expect(message.contains("loud") && message.contains("-1"))
    }
}
