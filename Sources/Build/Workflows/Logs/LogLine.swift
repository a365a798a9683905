package import FoundationEssentials
import Kube

/// A line of a job's log.
package struct LogLine: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// What a step wrote.
        case output
        /// The command that a step runs.
        case command
        /// A step begins; the text is its name.
        case step
        /// A foldable part begins or ends.
        case group, endgroup
        case debug, notice, warning, error
    }

    package var at: Date
    /// Position of the step in the job, from 0; nil before the first and after the last.
    package var step: Int?
    package var kind: Kind
    package var text: String

    package init(at: Date, step: Int?, kind: Kind, text: String) {
        self.at = at
        self.step = step
        self.kind = kind
        self.text = text
    }

    /// One JSON object and a newline: `t` milliseconds since 1970, `s` step, `k` kind, `m` text.
    package var bytes: [UInt8] {
        var members: [(String, JSON)] = [("t", .int(Int64((at.timeIntervalSince1970 * 1000).rounded())))]
        if let step { members.append(("s", .int(Int64(step)))) }
        members += [("k", .string(kind.rawValue)), ("m", .string(text))]
        var out: [UInt8] = []
        JSON.object(JSONObject(members)).write(into: &out)
        out.append(UInt8(ascii: "\n"))
        return out
    }

    /// Reads what `bytes` gives; nil for a line that a crash cut off.
    package init?(parsing bytes: some Sequence<UInt8>) {
        guard let json = try? JSON.parse(Array(bytes)), let time = json["t"]?.double,
            let kind = json["k"]?.string.flatMap(Kind.init), let text = json["m"]?.string
        else { return nil }
        self.init(at: Date(timeIntervalSince1970: time / 1000), step: json["s"]?.int, kind: kind, text: text)
    }
}
