import ArgumentParser
import Foundation
import Linux

/// `estiba doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "What this machine can do, and how to mend what it can't.",
        discussion: "Example:  estiba doctor --config /etc/estiba/server.yml")
    @OptionGroup var server: ServerOptions
    @Option(help: ArgumentHelp("The server's configuration, for its ports.", valueName: "file")) var config: String?

    private struct Row: Encodable {
        let name: String
        let purpose: String
        let state: String
        let detail: String
        let remedy: String?
    }

    func run() async throws {
        do {
            let directory = server.directory
            let settings = try ServerConfig.read(file: config)
            let findings =
                await MachineProbe(directory: directory.path).findings() + Self.listeners(settings, directory)
            if server.json {
                try printJSON(
                    findings.map {
                        Row(
                            name: $0.name, purpose: $0.purpose, state: $0.state.rawValue, detail: $0.detail,
                            remedy: $0.remedy)
                    })
            } else {
                print(Self.report(findings, Style.detect()))
            }
            if findings.contains(where: { $0.state == .missing }) { throw ExitCode(1) }
        } catch let code as ExitCode { throw code } catch { throw fail(error) }
    }

    /// A server that runs has its ports; otherwise they must be free.
    private static func listeners(_ config: ServerConfig, _ directory: DataDirectory) -> [MachineFinding] {
        if let data = try? Data(contentsOf: URL(filePath: directory.endpointsFile)),
            let endpoints = try? JSONDecoder().decode(Endpoints.self, from: data), kill(endpoints.pid, 0) == 0
        {
            return [MachineFinding("server", .ok, "runs on \(directory.path), console \(endpoints.url(\.console))")]
        }
        return [
            ("console", config.ports.console), ("gateway", config.ports.gateway), ("registry", config.ports.registry),
            ("kubernetes", config.ports.kubernetes), ("prometheus", config.ports.prometheus),
            ("loki", config.ports.loki),
        ].filter { $0.1 != 0 }.map { MachineProbe.port($0.1, for: $0.0, at: config.listen) }
    }

    /// A line for each finding (is it fine, what it is, what was found, what it is for), with the way to mend it below, and the
    /// sum of it at the end.
    static func report(_ findings: [MachineFinding], _ style: Style) -> String {
        func width(_ column: (MachineFinding) -> String) -> Int { findings.map { column($0).count }.max() ?? 0 }
        func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: width - text.count) }
        let (names, details) = (width(\.name), width(\.detail))
        var lines: [String] = []
        for finding in findings {
            let mark =
                switch finding.state {
                case .ok: style.good("ok      ")
                case .degraded: style.warn("degraded")
                case .missing: style.bad("missing ")
                }
            let purpose = finding.purpose.isEmpty ? "" : "  " + style.dim(finding.purpose)
            let detail = purpose.isEmpty ? finding.detail : pad(finding.detail, details)
            lines.append("\(mark)  \(style.bold(pad(finding.name, names)))  \(detail)\(purpose)")
            if finding.state != .ok, let remedy = finding.remedy {
                lines.append("          \(style.accent("→")) \(remedy)")
            }
        }
        let missing = findings.count { $0.state == .missing }
        let degraded = findings.count { $0.state == .degraded }
        lines.append("")
        if missing > 0 {
            lines.append(
                style.bad("Estiba can't work here yet: \(missing) missing.") + " Follow the arrows, then ask again.")
        } else if degraded > 0 {
            lines.append(style.warn("Estiba works here, with less: \(degraded) degraded."))
        } else {
            lines.append(style.good("Everything that Estiba needs is here."))
        }
        return lines.joined(separator: "\n")
    }
}
