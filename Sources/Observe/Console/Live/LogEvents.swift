import Problems

/// A job's log as events: `line` with a line's markup, numbered from 1, then `end`. A reader that comes back says up to
/// which line it has read.
struct LogEvents: AsyncSequence, Sendable {
    let lines: AsyncThrowingStream<LogLineFacts, any Error>
    /// So many lines are known to the reader.
    let read: Int

    func makeAsyncIterator() -> Iterator { Iterator(lines: lines.makeAsyncIterator(), read: read) }

    struct Iterator: AsyncIteratorProtocol {
        var lines: AsyncThrowingStream<LogLineFacts, any Error>.Iterator
        let read: Int
        private var number = 0
        private var isOver = false

        init(lines: AsyncThrowingStream<LogLineFacts, any Error>.Iterator, read: Int) {
            self.lines = lines
            self.read = read
        }

        mutating func next() async throws -> [UInt8]? {
            if isOver { return nil }
            do {
                while let line = try await lines.next() {
                    number += 1
                    if number > read { return EventStream.event("line", LogMarkup.html(line).text, id: number) }
                }
                isOver = true
                return EventStream.event("end", "")
            } catch is CancellationError {
                return nil
            } catch {
                isOver = true
                return EventStream.event("end", brief(error))
            }
        }
    }
}

/// A line of a log as text or markup.
enum LogMarkup {
    static func html(_ line: LogLineFacts) -> HTML {
        "<div class=\"line \(line.kind.rawValue)\">\(words(line))</div>"
    }

    static func text(_ line: LogLineFacts) -> [UInt8] { Array((words(line) + "\n").utf8) }

    private static func words(_ line: LogLineFacts) -> String {
        let text = Escaping.withoutTerminalCodes(line.text)
        return switch line.kind {
        case .command: "$ " + text
        case .step, .group: "▸ " + text
        case .endgroup, .output: text
        case .debug, .notice, .warning, .error: line.kind.rawValue + ": " + text
        }
    }
}
