import Delivery
import Foundation
import Problems
import Syntax

/// The configuration of `estiba server`: everything has a default, so that an absent file is a complete one.
struct ServerConfig: Sendable, Equatable {
    var listen = "127.0.0.1"
    var ports = Ports()
    var network = Network()
    var users: [String: User] = [:]
    var slack: Slack?
    var retention = Retention()
    var logLevel = "notice"

    /// TCP ports; 0 takes a free one.
    struct Ports: Sendable, Equatable {
        var kubernetes = 6443
        var registry = 5000
        var gateway = 8080
        var prometheus = 9090
        var loki = 3100
        var console = 8000
    }

    /// Addresses of the embedded cluster, and the prefix of its interfaces, cgroups and rules.
    struct Network: Sendable, Equatable {
        var pods = "10.244.0.0/24"
        var services = "10.96.0.0/16"
        var name = "estiba"
    }

    /// A person, and what that person may do.
    struct User: Sendable, Equatable {
        var may: [String]
        /// The Slack member id that speaks for this person.
        var slack: String?
    }

    /// Where messages go.
    struct Slack: Sendable, Equatable {
        /// A URL, or `$secret:NAME` or `$file:PATH` that holds it.
        var webhook: String
        var channel: String?
    }

    /// How long things are kept, in days.
    struct Retention: Sendable, Equatable {
        var metricsDays = 15
        var logsDays = 7
        /// Images that nothing needs, counted from when they were last built, pushed or used by a build.
        var imagesDays = 14
        /// Logs and artifacts of runs.
        var runsDays = 30
    }

    /// What a user may be allowed to do.
    static let operations = ["approve", "deploy", "promote", "rollback", "silence"]
    static let logLevels = ["trace", "debug", "info", "notice", "warning", "error"]
}

extension ServerConfig {
    /// Reads the file given with `--config`; without one everything has its default.
    static func read(file path: String?) throws -> ServerConfig {
        guard let path else { return ServerConfig() }
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            throw PlainProblem(
                "config.unreadable", "can't read the configuration \(path)",
                remedy: "Check the path given with --config.", category: .notFound)
        }
        return try read(SourceText(name: path, utf8: Array(bytes)))
    }

    /// Reads a configuration; every mistake is reported with its place.
    static func read(_ source: SourceText) throws -> ServerConfig {
        let reader = YAMLReader(try YAMLDocument.parse(source))
        var config = ServerConfig()
        config.listen = reader.string("listen") ?? config.listen
        if let ports = reader.reader("ports") { config.ports = readPorts(ports) }
        if let network = reader.reader("network") {
            config.network.pods = network.string("pods") ?? config.network.pods
            config.network.services = network.string("services") ?? config.network.services
            config.network.name = network.string("name") ?? config.network.name
            network.checkKeys()
        }
        if let users = reader.entries("users") {
            for entry in users { config.users[entry.key.text] = readUser(entry, reader) }
        }
        if let chat = reader.reader("chat") {
            if let slack = chat.reader("slack") {
                config.slack = Slack(webhook: slack.requiredString("webhook"), channel: slack.string("channel"))
                slack.checkKeys()
            }
            chat.checkKeys()
        }
        if let retention = reader.reader("retention") {
            config.retention.metricsDays = days(retention, "metrics") ?? config.retention.metricsDays
            config.retention.logsDays = days(retention, "logs") ?? config.retention.logsDays
            config.retention.imagesDays = days(retention, "images") ?? config.retention.imagesDays
            config.retention.runsDays = days(retention, "runs") ?? config.retention.runsDays
            retention.checkKeys()
        }
        if let level = reader.string("log") {
            if !logLevels.contains(level) {
                reader.report(
                    "config.log-level", "\"\(level)\" is not a log level",
                    at: reader.value("log")?.location ?? reader.node.location,
                    remedy: Suggestion.remedy(for: level, in: logLevels))
            }
            config.logLevel = level
        }
        try reader.finish()
        return config
    }

    private static func readPorts(_ reader: YAMLReader) -> Ports {
        var ports = Ports()
        for (key, path) in [
            ("kubernetes", \Ports.kubernetes), ("registry", \.registry), ("gateway", \.gateway),
            ("prometheus", \.prometheus), ("loki", \.loki), ("console", \.console),
        ] as [(String, WritableKeyPath<Ports, Int>)] {
            guard let port = reader.int(key) else { continue }
            if !(0...65535).contains(port) {
                reader.report(
                    "config.port", "\(port) is not a port", at: reader.value(key)?.location ?? reader.node.location,
                    remedy: "Use a number from 1 to 65535, or 0 for a free one.")
            }
            ports[keyPath: path] = port
        }
        reader.checkKeys()
        return ports
    }

    private static func readUser(_ entry: YAMLEntry, _ reader: YAMLReader) -> User {
        let user = reader.reader(for: entry.value, named: "users.\(entry.key.text)")
        let name = entry.key.text
        if name == Access.admin || (try? ResourceName(name)) == nil {
            user.report(
                "config.user", "\"\(name)\" can't be the name of a user", at: entry.key.location,
                remedy: "Use lower-case letters, digits and \"-\"; \"admin\" is taken.")
        }
        let may = user.strings("may") ?? []
        for operation in may where !operations.contains(operation) {
            user.report(
                "config.operation", "\"\(operation)\" is not an operation",
                at: user.value("may")?.location ?? entry.value.location,
                remedy: Suggestion.remedy(for: operation, in: operations))
        }
        let slack = user.string("slack")
        user.checkKeys()
        return User(may: may, slack: slack)
    }

    /// `15d`
    private static func days(_ reader: YAMLReader, _ key: String) -> Int? {
        guard let text = reader.string(key) else { return nil }
        if text.hasSuffix("d"), let number = Int(text.dropLast()), number > 0 { return number }
        reader.report(
            "config.days", "\"\(text)\" is not a number of days",
            at: reader.value(key)?.location ?? reader.node.location,
            remedy: "Write it as 15d.")
        return nil
    }
}
