import Crypto
import FoundationEssentials
import Glibc
import Linux

/// `hashFiles()`: the SHA-256 of the SHA-256 sums of all files that match, in the order of their paths.
enum FileHash {
    /// The empty string where no file matches.
    static func hash(_ patterns: [String], in workspace: String) throws -> String {
        let lines = patterns.flatMap { $0.split(separator: "\n").map(String.init) }
        let files = FileGlob(lines.map { relative($0, to: workspace) }).files(in: workspace)
        if files.isEmpty { return "" }
        var whole = SHA256()
        for file in files {
            var hash = SHA256()
            let open = try OpenFile.open(workspace + "/" + file, O_RDONLY)
            while let bytes = try open.readSome(), !bytes.isEmpty { hash.update(data: bytes) }
            whole.update(data: Array(hash.finalize()))
        }
        return whole.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func relative(_ pattern: String, to workspace: String) -> String {
        let prefix = workspace + "/"
        if pattern.hasPrefix("!" + prefix) { return "!" + pattern.dropFirst(prefix.count + 1) }
        return pattern.hasPrefix(prefix) ? String(pattern.dropFirst(prefix.count)) : pattern
    }
}
