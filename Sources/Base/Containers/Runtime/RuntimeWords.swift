import FoundationEssentials
import Linux

/// Reads what runtimes write to their error output.
enum RuntimeWords {
    /// The last lines in one, without the time stamps and levels of the loggers of crun, runc and conmon.
    static func clean(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(3)
        return lines.map(clean).joined(separator: " / ")
    }

    static func clean(_ line: Substring) -> String {
        // runc: time="…" level=error msg="…"
        if line.hasPrefix("time="), let start = line.firstRange(of: "msg=\"")?.upperBound {
            let rest = line[start...]
            return String(rest.hasSuffix("\"") ? rest.dropLast() : rest).replacing("\\\"", with: "\"")
        }
        // conmon: [conmon:e]: …
        if line.hasPrefix("[conmon"), let end = line.firstRange(of: "]: ")?.upperBound { return String(line[end...]) }
        // crun: 2026-11-01T10:00:00.000000Z: …
        if line.count > 29, line.first?.isNumber == true, let end = line.firstRange(of: "Z: ")?.upperBound {
            return String(line[end...])
        }
        return String(line)
    }

    /// Whether a runtime failed because the container (or its process) is not there any more.
    static func saysGone(_ problem: ContainerProblem) -> Bool {
        guard case .runtime(_, _, _, let words) = problem else { return false }
        return [
            "does not exist", "No such process", "no such process", "process already finished", "not running",
            "No such file",
        ].contains { words.contains($0) }
    }
}
