import Synchronization

/// The last lines of an output.
final class LineTail: Sendable {
    private let limit: Int
    private let kept = Mutex<[String]>([])

    init(limit: Int) {
        self.limit = limit
    }

    func add(_ line: String) {
        kept.withLock { lines in
            if line.allSatisfy(\.isWhitespace) { return }
            if lines.count == limit { lines.removeFirst() }
            lines.append(line)
        }
    }

    var lines: [String] { kept.withLock { $0 } }
}
