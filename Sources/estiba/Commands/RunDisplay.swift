import ArgumentParser
import Foundation
import Releases

/// Shows a run as it goes: on a terminal a table that is redrawn, elsewhere a line for each change.
struct RunDisplay: Sendable {
    let client: APIClient
    let json: Bool

    /// - Throws: `ExitCode(1)` if the run does not succeed.
    func follow(_ run: String) async throws {
        let parts = run.split(separator: "/")
        guard parts.count == 2 else { return }
        let style = Style.detect()
        var board = ProgressBoard(style: style)
        var outcome: DeliveryOutcome?
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        if !json, !style.isTerminal { say("run \(run)") }
        for try await text in try await client.lines("/api/v1/apps/\(parts[0])/runs/\(parts[1])/progress") {
            if json { say(text) }
            guard let line = try? decoder.decode(DeliveryProgress.self, from: Data(text.utf8)) else { continue }
            outcome = line.outcome ?? outcome
            if json { continue }
            if style.isTerminal {
                FileHandle.standardOutput.write(Data(board.redraw(adding: line).utf8))
            } else if let text = board.change(adding: line) {
                say(text)
            }
        }
        guard let outcome else {
            FileHandle.standardError.write(Data("the server stopped; follow on with: estiba status\n".utf8))
            throw ExitCode(1)
        }
        if !outcome.isSuccess { throw ExitCode(1) }
    }
}

/// The stages of a run, one line each, in the order in which they began.
struct ProgressBoard {
    private let style: Style
    private var order: [String] = []
    private var lines: [String: DeliveryProgress] = [:]
    private var drawn = 0
    private var evidence: [String] = []

    init(style: Style) {
        self.style = style
    }

    /// The text that replaces what was drawn before.
    mutating func redraw(adding line: DeliveryProgress) -> String {
        take(line)
        var rows = order.compactMap { lines[$0] }.map(render)
        rows += evidence.map { "      " + style.dim(clip($0, style.width - 8)) }
        let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
        drawn = rows.count
        return up + rows.map { "\u{1B}[2K" + $0 + "\n" }.joined()
    }

    /// The line to print where nothing can be redrawn; nil while nothing worth a line has changed.
    mutating func change(adding line: DeliveryProgress) -> String? {
        let earlier = lines[line.stage]
        take(line)
        let isNews =
            earlier?.status != line.status || (line.canary == nil && earlier?.detail != line.detail)
            || earlier?.canary?.step != line.canary?.step
        guard isNews else { return nil }
        return ([render(line)] + line.evidence.map { "      " + $0 }).joined(separator: "\n")
    }

    private mutating func take(_ line: DeliveryProgress) {
        if lines[line.stage] == nil {
            if line.stage == "run" { order.insert(line.stage, at: 0) } else { order.append(line.stage) }
        }
        lines[line.stage] = line
        if !line.evidence.isEmpty { evidence = line.evidence }
    }

    private func render(_ line: DeliveryProgress) -> String {
        let mark =
            switch line.status {
            case .running: style.accent("…")
            case .waiting: style.warn("?")
            case .ok: style.good("✓")
            case .failed: style.bad("✗")
            case .aborted: style.warn("–")
            }
        let time = line.seconds.map { readable(seconds: $0) } ?? ""
        let name = line.stage + String(repeating: " ", count: max(0, 8 - line.stage.count))
        let room = max(20, style.width - 16 - time.count)
        return
            "  \(mark) \(style.bold(name)) \(style.isTerminal ? clip(line.detail, room) : line.detail)  \(style.dim(time))"
    }

    private func clip(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(1, width - 1))) + "…"
    }
}
