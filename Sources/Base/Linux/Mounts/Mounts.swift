import CLinux
import Glibc

/// Mounting, in the mount namespace of this process.
package enum Mounts {
    /// One line of the table of mounts.
    package struct Entry: Sendable, Equatable {
        package let path: String
        package let type: String
        package let source: String
        /// Of the file system, as in `/proc/self/mountinfo`.
        package let options: String
        /// Whether mounts below it appear in other namespaces too.
        package let isShared: Bool
    }

    /// What is mounted at `path` and below it, in the order of mounting.
    package static func list(below path: String) throws(SystemProblem) -> [Entry] {
        let table = try parse(FileSystem.read("/proc/self/mountinfo"))
        let real = resolve(path)
        return table.filter { real == "/" || $0.path == real || $0.path.hasPrefix(real + "/") }
    }

    /// The whole table of mounts.
    package static func all() throws(SystemProblem) -> [Entry] { parse(try FileSystem.read("/proc/self/mountinfo")) }

    /// Whether something is mounted exactly at `path`.
    package static func isMounted(_ path: String) throws(SystemProblem) -> Bool {
        let real = resolve(path)
        return try list(below: path).contains { $0.path == real }
    }

    /// Parses proc(5) § mountinfo, with its octal escapes.
    static func parse(_ bytes: [UInt8]) -> [Entry] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 6, let dash = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }),
                dash + 3 < fields.count
            else { return nil }
            return Entry(
                path: unescape(fields[4]), type: unescape(fields[dash + 1]), source: unescape(fields[dash + 2]),
                options: unescape(fields[dash + 3]),
                isShared: fields[6..<dash].contains { $0.starts(with: "shared:".utf8) })
        }
    }

    private static func unescape(_ field: ArraySlice<UInt8>) -> String {
        guard field.contains(UInt8(ascii: "\\")) else { return String(decoding: field, as: UTF8.self) }
        var out: [UInt8] = []
        var index = field.startIndex
        while index < field.endIndex {
            if field[index] == UInt8(ascii: "\\"), index + 3 < field.endIndex {
                out.append(field[(index + 1)...(index + 3)].reduce(0) { $0 &* 8 &+ ($1 &- 48) })
                index += 4
            } else {
                out.append(field[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The path without links, as the table of mounts has it; the path itself when it can't be resolved.
    private static func resolve(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
