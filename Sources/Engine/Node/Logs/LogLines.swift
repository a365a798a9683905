import Kube

import struct FoundationEssentials.Date

/// Turns the lines of a log file (`time stream F|P text`, as container runtimes write them) into what a reader of the log
/// sees. A line that was written in pieces becomes one again.
package struct LogLines: Sendable {
    private let timestamps: Bool
    private let since: Date?
    private var remaining: Int?
    private var pending: [UInt8] = []
    private var isInsideLine = false
    /// Whether as much was handed out as was allowed.
    package private(set) var isExhausted = false

    package init(_ options: LogOptions) {
        timestamps = options.timestamps
        since = options.since
        remaining = options.limitBytes
        isExhausted = options.limitBytes == 0
    }

    /// The readable form of the lines that `bytes` completes.
    package mutating func feed(_ bytes: some Collection<UInt8>) -> [UInt8] {
        pending += bytes
        var out: [UInt8] = []
        var start = 0
        while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")), !isExhausted {
            append(pending[start..<end], to: &out)
            start = end + 1
        }
        pending.removeFirst(start)
        return out
    }

    private mutating func append(_ line: ArraySlice<UInt8>, to out: inout [UInt8]) {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(of: space), let second = line[(first + 1)...].firstIndex(of: space),
            let third = line[(second + 1)...].firstIndex(of: space)
        else { return }
        if let since, let time = Timestamp.date(String(decoding: line[..<first], as: UTF8.self)), time < since {
            return
        }
        let isPartial = line[second + 1] == UInt8(ascii: "P")
        var text: [UInt8] = []
        if timestamps, !isInsideLine { text += line[...first] }
        text += line[(third + 1)...]
        if !isPartial { text.append(UInt8(ascii: "\n")) }
        isInsideLine = isPartial
        if let left = remaining {
            text = Array(text.prefix(left))
            remaining = left - text.count
            if remaining == 0 { isExhausted = true }
        }
        out += text
    }

    /// Where the last `count` lines of a log file begin: a number of bytes from its start. A line in pieces counts once.
    package static func start(ofLast count: Int, in bytes: [UInt8]) -> (offset: Int, lines: Int) {
        guard count > 0 else { return (bytes.count, 0) }
        var lines = 0
        var offset = bytes.count
        var end = bytes.count
        while end > 0 {
            let newline = bytes[..<(end - 1)].lastIndex(of: UInt8(ascii: "\n"))
            let start = newline.map { $0 + 1 } ?? 0
            // The last piece of a line carries F; pieces before it carry P and belong to the line that follows them.
            if !isPartial(bytes[start..<end]) {
                if lines == count { return (offset, lines) }
                lines += 1
            }
            offset = start
            end = start
        }
        return (0, lines)
    }

    private static func isPartial(_ line: ArraySlice<UInt8>) -> Bool {
        let space = UInt8(ascii: " ")
        guard let first = line.firstIndex(of: space), let second = line[(first + 1)...].firstIndex(of: space),
            second + 1 < line.endIndex
        else { return false }
        return line[second + 1] == UInt8(ascii: "P")
    }
}
