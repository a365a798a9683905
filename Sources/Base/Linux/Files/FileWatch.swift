import CLinux
import Glibc

/// Changes in directories, from inotify(7), as a sequence that ends never and costs nothing while nothing happens.
package final class FileWatch: AsyncSequence, Sendable {
    package struct Change: Sendable, Equatable {
        package enum Kind: Sendable {
            case created, written, removed
            /// Something was written into it, and it is still open. Only where it was asked for.
            case modified
            /// More happened than the kernel kept: look at everything again.
            case overflow
        }

        package let kind: Kind
        /// The directory (or file) that is watched.
        package let path: String
        /// The name in it; empty for the watched path itself.
        package let name: String
    }

    package typealias Element = Change
    private let file: OpenFile
    private let paths: [Int32: String]

    /// Watches directories (not what is below their subdirectories) or single files. What happens from now on is not missed.
    package init(_ paths: [String], includingModifications: Bool = false) throws(SystemProblem) {
        let file = OpenFile(owning: try check("inotify_init") { inotify_init1(Int32(O_CLOEXEC | O_NONBLOCK)) })
        var watched: [Int32: String] = [:]
        let mask =
            UInt32(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF)
            | (includingModifications ? UInt32(IN_MODIFY) : 0)
        for path in paths {
            watched[try check("inotify_add_watch", path) { inotify_add_watch(file.descriptor, path, mask) }] = path
        }
        self.file = file
        self.paths = watched
    }

    package func makeAsyncIterator() -> Iterator { Iterator(watch: self) }

    package struct Iterator: AsyncIteratorProtocol {
        let watch: FileWatch
        var pending: [Change] = []

        package mutating func next() async throws -> Change? {
            while pending.isEmpty { pending = FileWatch.parse(try await watch.file.receive(), watch.paths).reversed() }
            return pending.popLast()
        }
    }

    /// Reads `struct inotify_event`: wd, mask, cookie, length, name.
    static func parse(_ bytes: [UInt8], _ paths: [Int32: String]) -> [Change] {
        func word(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
        }
        var changes: [Change] = []
        var offset = 0
        while offset + 16 <= bytes.count {
            let mask = word(offset + 4)
            let end = Swift.min(bytes.count, offset + 16 + Int(word(offset + 12)))
            let name = String(decoding: bytes[(offset + 16)..<end].prefix { $0 != 0 }, as: UTF8.self)
            let kind: Change.Kind? =
                if mask & UInt32(IN_Q_OVERFLOW) != 0 {
                    .overflow
                } else if mask & UInt32(IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF) != 0 {
                    .removed
                } else if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 {
                    .written
                } else if mask & UInt32(IN_CREATE) != 0 {
                    .created
                } else if mask & UInt32(IN_MODIFY) != 0 {
                    .modified
                } else {
                    nil
                }
            if let kind {
                let watch = Int32(bitPattern: word(offset))
                changes.append(Change(kind: kind, path: paths[watch] ?? "", name: name))
            }
            offset = end
        }
        return changes
    }
}
