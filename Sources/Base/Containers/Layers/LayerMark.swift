import Glibc
import Linux

/// The file beside a layer's content that says that it is complete, and since which run of the machine.
///
/// Unpacking does not wait for the disk. A layer that was not yet settled when the machine went down may lack content, and is known
/// by a mark of another run.
enum LayerMark {
    static let name = "unpacked"
    private static let settled = "settled"

    static func write(in folder: String) throws {
        try FileSystem.writeAtomically(Array(boot().utf8), to: folder + "/" + name, durable: false)
    }

    static func isSafe(in folder: String) -> Bool {
        guard let text = try? FileSystem.readLine(folder + "/" + name) else { return false }
        return text == settled || text == boot()
    }

    /// When the layer was unpacked, in seconds since 1970.
    static func time(in folder: String) -> Int64? {
        var facts = stat()
        return stat(folder + "/" + name, &facts) == 0 ? Int64(facts.st_mtim.tv_sec) : nil
    }

    /// Waits until everything is on the disk, then marks all layers so.
    static func settle(_ root: String) throws {
        let open = try FileSystem.list(root).map { root + "/" + $0 }.filter {
            (try? FileSystem.readLine($0 + "/" + name)).map { $0 != settled } ?? false
        }
        if open.isEmpty { return }
        try FileSystem.syncAll(root)
        for folder in open {
            try FileSystem.writeAtomically(Array(settled.utf8), to: folder + "/" + name, durable: false)
        }
    }

    private static func boot() -> String {
        (try? FileSystem.readLine("/proc/sys/kernel/random/boot_id")) ?? "unknown"
    }
}
