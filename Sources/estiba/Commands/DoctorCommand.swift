import ArgumentParser
import Linux

/// `estiba doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "What this machine can do, and how to mend what it can't.",
        discussion: "Example:  estiba doctor")
    @OptionGroup var server: ServerOptions

    private struct Row: Encodable {
        let name: String
        let state: String
        let detail: String
        let remedy: String?
    }

    func run() async throws {
        let findings = await MachineProbe(directory: server.directory.path).findings()
        if server.json {
            try printJSON(
                findings.map { Row(name: $0.name, state: $0.state.rawValue, detail: $0.detail, remedy: $0.remedy) })
        } else {
            let style = Style.detect()
            for finding in findings {
                let mark =
                    switch finding.state {
                    case .ok: style.good("ok      ")
                    case .degraded: style.warn("degraded")
                    case .missing: style.bad("missing ")
                    }
                print("\(mark)  \(style.bold(finding.name))  \(finding.detail)")
                if let remedy = finding.remedy { print("          \(style.accent("→")) \(remedy)") }
            }
        }
        if findings.contains(where: { $0.state == .missing }) { throw ExitCode(1) }
    }
}
