/// A line that a program wrote, without its newline.
package struct OutputLine: Sendable, Equatable {
    package enum Source: String, Sendable {
        case output = "stdout"
        case error = "stderr"
    }

    package let source: Source
    /// The bytes read as UTF-8; what isn't UTF-8 is replaced.
    package let text: String
    /// False for a piece of a line that was too long, and for a last line without a newline.
    package let isComplete: Bool

    package init(_ source: Source, _ text: String, isComplete: Bool = true) {
        self.source = source
        self.text = text
        self.isComplete = isComplete
    }
}

/// Both outputs of a program line by line, in the order in which they become known. Nothing is read ahead of its reader.
package struct OutputLines: AsyncSequence, Sendable {
    package typealias Element = OutputLine
    /// Longer lines come in pieces of this size.
    package static let longestLine = 64 * 1024
    let output: OpenFile?
    let error: OpenFile?

    package func makeAsyncIterator() -> Iterator {
        Iterator(
            streams: [(OutputLine.Source.output, output), (.error, error)].compactMap { source, file in
                file.map { Iterator.Stream(source: source, file: $0) }
            })
    }

    package struct Iterator: AsyncIteratorProtocol {
        struct Stream {
            let source: OutputLine.Source
            let file: OpenFile
            var splitter = LineSplitter(longest: OutputLines.longestLine)
        }

        var streams: [Stream]
        var ready: [OutputLine] = []
        var position = 0

        package mutating func next() async throws -> OutputLine? {
            while true {
                if position < ready.count {
                    defer { position += 1 }
                    return ready[position]
                }
                ready.removeAll(keepingCapacity: true)
                position = 0
                if streams.isEmpty { return nil }
                if try readOnce() { continue }
                try await Poller.process.wait(for: .readable, on: streams.map(\.file))
            }
        }

        /// Reads what is there now. False when there was nothing.
        private mutating func readOnce() throws -> Bool {
            var progress = false
            var index = 0
            while index < streams.count {
                guard let bytes = try streams[index].file.readSome() else {
                    index += 1
                    continue
                }
                progress = true
                let source = streams[index].source
                if bytes.isEmpty {
                    if let rest = streams[index].splitter.finish() {
                        ready.append(OutputLine(source, rest, isComplete: false))
                    }
                    streams.remove(at: index)
                } else {
                    streams[index].splitter.feed(bytes) { ready.append(OutputLine(source, $0, isComplete: $1)) }
                    index += 1
                }
            }
            return progress
        }
    }
}

/// Cuts a stream of bytes into lines.
package struct LineSplitter: Sendable {
    private var pending: [UInt8] = []
    private let longest: Int

    package init(longest: Int) {
        self.longest = longest
    }

    /// Calls `emit` with each line (true) or piece of a line that is too long (false).
    package mutating func feed(_ bytes: [UInt8], _ emit: (String, Bool) -> Void) {
        var start = 0
        while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            pending += bytes[start..<newline]
            emitPieces(emit)
            if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
            emit(String(decoding: pending, as: UTF8.self), true)
            pending.removeAll(keepingCapacity: true)
            start = newline + 1
        }
        pending += bytes[start...]
        emitPieces(emit)
    }

    private mutating func emitPieces(_ emit: (String, Bool) -> Void) {
        var offset = 0
        while pending.count - offset > longest {
            var end = offset + longest
            // Don't cut a character of several bytes.
            while end > offset + longest - 4, pending[end] & 0xC0 == 0x80 { end -= 1 }
            emit(String(decoding: pending[offset..<end], as: UTF8.self), false)
            offset = end
        }
        if offset > 0 { pending.removeFirst(offset) }
    }

    /// The last line, if it had no newline.
    package mutating func finish() -> String? {
        defer { pending = [] }
        return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
    }
}
