import CZlib
package import Problems

/// Lines of one stream in ascending order of time, packed: varints for the distances in time and the lengths, then
/// deflated (RFC 1950).
enum LogChunk {
    static func pack(_ entries: [LogEntry]) throws -> [UInt8] {
        var raw: [UInt8] = []
        var last: Int64 = 0
        for entry in entries {
            varint(UInt64(bitPattern: entry.time &- last), into: &raw)
            last = entry.time
            let line = entry.line.utf8
            varint(UInt64(line.count), into: &raw)
            raw.append(contentsOf: line)
        }
        var size = compressBound(uLong(raw.count))
        var out = [UInt8](repeating: 0, count: Int(size) + 8)
        let length = UInt64(raw.count)
        for index in 0..<8 { out[index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index))) }
        let status = out.withUnsafeMutableBufferPointer { buffer in
            compress2(buffer.baseAddress.map { $0 + 8 }, &size, raw, uLong(raw.count), 6)
        }
        guard status == Z_OK else { throw LogStoreProblem.compression(status) }
        return Array(out.prefix(Int(size) + 8))
    }

    static func unpack(_ bytes: [UInt8]) throws -> [LogEntry] {
        guard bytes.count > 8 else { throw LogStoreProblem.damaged("a chunk is too short") }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
        guard length < 1 << 31 else { throw LogStoreProblem.damaged("a chunk has an impossible length") }
        var raw = [UInt8](repeating: 0, count: Int(length))
        var size = uLong(length)
        let status = bytes.withUnsafeBufferPointer { buffer in
            uncompress(&raw, &size, buffer.baseAddress.map { $0 + 8 }, uLong(bytes.count - 8))
        }
        guard status == Z_OK, size == uLong(length) else { throw LogStoreProblem.damaged("a chunk can't be inflated") }
        return try entries(raw)
    }

    private static func entries(_ raw: [UInt8]) throws -> [LogEntry] {
        var entries: [LogEntry] = []
        var index = 0
        var time: Int64 = 0
        func next() throws -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while index < raw.count, shift < 64 {
                let byte = raw[index]
                index += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return value }
                shift += 7
            }
            throw LogStoreProblem.damaged("a chunk ends inside a number")
        }
        while index < raw.count {
            time &+= Int64(bitPattern: try next())
            let length = try next()
            guard length <= UInt64(raw.count - index) else {
                throw LogStoreProblem.damaged("a chunk ends inside a line")
            }
            entries.append(
                LogEntry(time: time, line: String(decoding: raw[index..<index + Int(length)], as: UTF8.self)))
            index += Int(length)
        }
        return entries
    }

    private static func varint(_ value: UInt64, into out: inout [UInt8]) {
        var value = value
        while value >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        out.append(UInt8(value))
    }
}

/// What goes wrong with kept logs.
package enum LogStoreProblem: Problem {
    case compression(Int32)
    case damaged(String)
    case tooManyStreams(limit: Int)
    case tooMuch(lines: Int)
    case badTime(String)

    package var code: String {
        switch self {
        case .compression: "logs.compression"
        case .damaged: "logs.damaged"
        case .tooManyStreams: "logs.too-many-streams"
        case .tooMuch: "logs.too-much"
        case .badTime: "logs.time"
        }
    }
    package var summary: String {
        switch self {
        case .compression(let status): "lines can't be compressed: zlib error \(status)"
        case .damaged(let why): "kept log lines can't be read: \(why)"
        case .tooManyStreams(let limit): "there are more than \(limit) streams of log lines"
        case .tooMuch(let lines): "the query would read more than \(lines) lines"
        case .badTime(let text): "\"\(text)\" is not a time"
        }
    }
    package var remedy: String? {
        switch self {
        case .tooManyStreams: "Keep what changes from line to line out of the labels."
        case .tooMuch: "Narrow the selector or the time range."
        case .badTime: "Write nanoseconds since 1970, seconds with a fraction, or RFC 3339."
        case .compression, .damaged: nil
        }
    }
    package var category: ProblemCategory {
        switch self {
        case .compression, .damaged: .failed
        case .tooManyStreams, .tooMuch: .exhausted
        case .badTime: .invalid
        }
    }
}
