import Glibc
import Linux

/// The files of one container's log: `N.log` for each try, and `N.log.1`, `N.log.2`, … for what was rotated out of it, the
/// newest first.
package struct LogFiles: Sendable {
    package let directory: String

    package init(directory: String) { self.directory = directory }

    package func path(_ attempt: Int) -> String { "\(directory)/\(attempt).log" }

    /// The tries that have a log, in order.
    package var attempts: [Int] {
        ((try? FileSystem.list(directory)) ?? []).compactMap { name in
            name.hasSuffix(".log") ? Int(name.dropLast(4)) : nil
        }.sorted()
    }

    /// The files of a try, the oldest first.
    package func files(_ attempt: Int) -> [String] {
        var files = [path(attempt)]
        var number = 1
        while FileSystem.exists("\(path(attempt)).\(number)") {
            files.insert("\(path(attempt)).\(number)", at: 0)
            number += 1
        }
        return files
    }

    /// Renames the log of a try out of the way if it has grown beyond `size` bytes, and keeps `count` older files.
    /// - Returns: whether it did; whoever writes the log then has to open it again.
    package func rotate(_ attempt: Int, beyond size: Int, keeping count: Int) throws -> Bool {
        var facts = stat()
        guard stat(path(attempt), &facts) == 0, facts.st_size > size else { return false }
        let older = files(attempt).dropLast()
        for file in older {
            guard let number = file.split(separator: ".").last.flatMap({ Int($0) }) else { continue }
            if number >= count {
                try FileSystem.removeFile(file)
            } else {
                try FileSystem.rename(file, to: "\(path(attempt)).\(number + 1)")
            }
        }
        try FileSystem.rename(path(attempt), to: path(attempt) + ".1")
        return true
    }

    /// Removes the logs of all tries but the last `count`.
    package func prune(keeping count: Int) throws {
        for attempt in attempts.dropLast(count) { for file in files(attempt) { try FileSystem.removeFile(file) } }
    }
}
