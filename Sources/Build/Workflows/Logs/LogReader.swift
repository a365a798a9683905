import Glibc
import Linux

/// A job's log from its first line on: what is there, then what comes, until the job ends. Any number of readers, each at its own pace.
package struct LogReader: AsyncSequence, Sendable {
    package typealias Element = LogLine
    let path: String
    /// Nil where nobody writes the log any more.
    let signal: LogSignal?

    package func makeAsyncIterator() -> Iterator { Iterator(path: path, signal: signal) }

    package struct Iterator: AsyncIteratorProtocol {
        let path: String
        let signal: LogSignal?
        private var file: OpenFile?
        private var offset = 0
        private var splitter = LineSplitter(longest: 1 << 20)
        private var ready: [LogLine] = []
        private var position = 0

        init(path: String, signal: LogSignal?) {
            self.path = path
            self.signal = signal
        }

        package mutating func next() async throws -> LogLine? {
            while true {
                if position < ready.count {
                    defer { position += 1 }
                    return ready[position]
                }
                ready.removeAll(keepingCapacity: true)
                position = 0
                if file == nil { file = try OpenFile.open(path, O_RDONLY) }
                guard let bytes = try file?.readSome(), !bytes.isEmpty else {
                    guard let signal, await signal.waitForMore(than: offset) else { return nil }
                    continue
                }
                offset += bytes.count
                splitter.feed(bytes) { text, isComplete in
                    if isComplete, let line = LogLine(parsing: text.utf8) { ready.append(line) }
                }
            }
        }
    }
}
