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
        let screen = json ? nil : ProgressScreen(style)
        if !json, !style.isTerminal { say("run \(run)") }
        let lines = try await client.lines("/api/v1/apps/\(parts[0])/runs/\(parts[1])/progress")
        let outcome = try await withThrowingTaskGroup(of: DeliveryOutcome?.self) { group in
            group.addTask { try await show(lines, on: screen) }
            if style.isTerminal, let screen { group.addTask { await screen.keepTime() } }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let outcome else {
            FileHandle.standardError.write(Data("the server stopped; follow on with: estiba status\n".utf8))
            throw ExitCode(1)
        }
        if !outcome.isSuccess { throw ExitCode(1) }
    }

    /// Shows each line as it comes, as it is where there is no screen; how the run ended, or nil if the server ended before.
    private func show(
        _ lines: AsyncThrowingStream<String, any Error>, on screen: ProgressScreen?
    ) async throws -> DeliveryOutcome? {
        var outcome: DeliveryOutcome?
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        for try await text in lines {
            if screen == nil { say(text) }
            guard let line = try? decoder.decode(DeliveryProgress.self, from: Data(text.utf8)) else { continue }
            outcome = line.outcome ?? outcome
            await screen?.show(line)
        }
        return outcome
    }
}

/// Where a run is shown: by lines as they come, and on a terminal by the clock.
private actor ProgressScreen {
    private let style: Style
    private var board: ProgressBoard

    init(_ style: Style) {
        self.style = style
        board = ProgressBoard(style: style)
    }

    func show(_ line: DeliveryProgress) {
        if style.isTerminal {
            draw(board.redraw(adding: line, now: Date()))
        } else if let text = board.change(adding: line) {
            say(text)
        }
    }

    /// Lets the time of what is under way go on where nothing else changes.
    func keepTime() async -> DeliveryOutcome? {
        while (try? await Task.sleep(for: .seconds(1))) != nil { draw(board.redraw(now: Date())) }
        return nil
    }

    private func draw(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}

/// The stages of a run, one line each, in the order in which they began.
struct ProgressBoard {
    private let style: Style
    private var order: [String] = []
    private var lines: [String: DeliveryProgress] = [:]
    private var began: [String: Date] = [:]
    private var drawn = 0
    private var evidence: [String] = []

    init(style: Style) {
        self.style = style
    }

    /// The text that replaces what was drawn before.
    mutating func redraw(adding line: DeliveryProgress, now: Date) -> String {
        take(line)
        return redraw(now: now)
    }

    mutating func redraw(now: Date) -> String {
        var rows = order.compactMap { lines[$0] }.map { render($0, now: now) }
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
        return ([render(line, now: nil)] + line.evidence.map { "      " + $0 }).joined(separator: "\n")
    }

    private mutating func take(_ line: DeliveryProgress) {
        if lines[line.stage] == nil {
            if line.stage == "run" { order.insert(line.stage, at: 0) } else { order.append(line.stage) }
            began[line.stage] = line.at
        }
        lines[line.stage] = line
        if !line.evidence.isEmpty { evidence = line.evidence }
    }

    /// `now`: where it is drawn again every second, so that what lasts shows for how long it has.
    private func render(_ line: DeliveryProgress, now: Date?) -> String {
        let mark =
            switch line.status {
            case .running: style.accent("…")
            case .waiting: style.warn("?")
            case .ok: style.good("✓")
            case .failed: style.bad("✗")
            case .aborted: style.warn("–")
            }
        let time = seconds(line, now).map { readable(seconds: $0) } ?? ""
        let name = line.stage + String(repeating: " ", count: max(0, 8 - line.stage.count))
        let room = max(20, style.width - 16 - time.count)
        return
            "  \(mark) \(style.bold(name)) \(style.isTerminal ? clip(line.detail, room) : line.detail)  \(style.dim(time))"
    }

    private func seconds(_ line: DeliveryProgress, _ now: Date?) -> Double? {
        if let seconds = line.seconds { return seconds }
        guard let now, let began = began[line.stage], line.status == .running || line.status == .waiting else {
            return nil
        }
        return max(0, now.timeIntervalSince(began)).rounded()
    }

    private func clip(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(1, width - 1))) + "…"
    }
}
