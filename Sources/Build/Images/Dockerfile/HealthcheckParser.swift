import Problems
import Syntax

/// `HEALTHCHECK [--interval --timeout --start-period --retries] CMD command` or `HEALTHCHECK NONE`.
enum HealthcheckParser {
    static func parse(_ cursor: inout InstructionCursor) throws -> Instruction.Healthcheck {
        let flags = try cursor.flags([
            "interval": .value, "timeout": .value, "start-period": .value, "retries": .value,
            "start-interval": .unsupported("Use --interval for the time between two checks."),
        ])
        var check = Instruction.Healthcheck()
        func duration(_ name: String) throws -> Int64? {
            guard let word = flags[name] else { return nil }
            if let value = nanoseconds(word.text) { return value }
            throw Diagnostic(
                "images.dockerfile.duration", "\"\(word.text)\" is not a duration",
                at: cursor.line.source.location(word.range),
                remedy: "Write it as 500ms, 30s, 5m or 1m30s.")
        }
        check.interval = try duration("interval")
        check.timeout = try duration("timeout")
        check.startPeriod = try duration("start-period")
        if let word = flags["retries"] {
            guard let count = Int(word.text), count > 0 else {
                throw Diagnostic(
                    "images.dockerfile.retries", "\"\(word.text)\" is not a count",
                    at: cursor.line.source.location(word.range), remedy: "Write a whole number above 0.")
            }
            check.retries = count
        }
        let words = cursor.words()
        guard let first = words.first else {
            throw cursor.missing(
                "CMD and a command, or NONE", example: "HEALTHCHECK CMD wget -qO- localhost:8080/healthz")
        }
        switch cursor.line.string(first).uppercased() {
        case "NONE" where words.count == 1: return check
        case "CMD":
            let inner = InstructionCursor(
                line: cursor.line, keyword: cursor.keyword, start: first.upperBound, escape: cursor.escape)
            check.command = try inner.command(example: "HEALTHCHECK CMD wget -qO- localhost:8080/healthz")
            return check
        default:
            throw cursor.line.problem(
                "healthcheck", "after HEALTHCHECK comes CMD or NONE, not \"\(cursor.line.string(first))\"", first,
                "Write \"HEALTHCHECK CMD \(cursor.restText)\".")
        }
    }

    /// `1h2m3.5s`, as Go writes durations.
    static func nanoseconds(_ text: String) -> Int64? {
        let units: [(String, Double)] = [
            ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12),
        ]
        var rest = Substring(text)
        var total = 0.0
        if rest == "0" { return 0 }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let value = Double(digits), let unit = units.first(where: { $0.0 == name }) else { return nil }
            total += value * unit.1
        }
        return text.isEmpty ? nil : Int64(total)
    }
}
