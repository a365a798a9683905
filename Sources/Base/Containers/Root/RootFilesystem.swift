import FoundationEssentials
import Glibc
import Linux

/// A container's root file system: layers that are shared, with a writable directory on top, mounted as one.
///
/// It lives in a folder: `upper` (what the container changes), `work`, `merged` (where it is mounted), `rootfs.json` (its layers), so
/// that it can be found and mounted again after a restart.
package struct RootFilesystem: Sendable, Equatable {
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// Where it is mounted.
    package var path: String { folder + "/merged" }
    /// What was changed, in overlayfs's own form: removed names are devices 0:0, replaced directories carry an attribute.
    package var changes: String { folder + "/upper" }

    private struct Record: Codable {
        var layers: [String]
        var isVolatile: Bool
    }

    private var record: String { folder + "/rootfs.json" }

    /// Makes the folder and mounts the layers (the lowest first). A volatile one saves the disk work of durability, for what a crash
    /// of the machine may destroy.
    package func create(layers: [String], isVolatile: Bool = true) async throws {
        try FileSystem.makeDirectory(folder)
        for name in ["upper", "work", "merged"] { try FileSystem.makeDirectory(folder + "/" + name) }
        let bytes = try Array(JSONEncoder().encode(Record(layers: layers, isVolatile: isVolatile)))
        try FileSystem.writeAtomically(bytes, to: record, durable: !isVolatile)
        try await mount()
    }

    /// Mounts it if it isn't mounted, from what was recorded.
    package func mount() async throws {
        // The kernel would mount the same upper directory twice, with undefined results.
        let lock = try await FileLock.lock(folder + "/lock")
        defer { lock.unlock() }
        if try Mounts.isMounted(path) { return }
        let record: Record
        do {
            record = try JSONDecoder().decode(Record.self, from: Data(FileSystem.read(self.record)))
        } catch {
            throw ContainerProblem.record(path: self.record, why: String(describing: error))
        }
        var lower = RootFilesystem.order(record.layers)
        if lower.isEmpty {
            // An image may have no layers at all; overlayfs wants one.
            let empty = folder + "/empty"
            try FileSystem.makeDirectory(empty)
            lower = [empty]
        }
        try await Mounts.overlay(
            lower: lower, upper: changes, work: folder + "/work", at: path, volatile: record.isVolatile)
    }

    /// The topmost first, each once: what a layer did is done again by its later repetition, and overlayfs refuses it twice.
    static func order(_ layers: [String]) -> [String] {
        var seen: Set<String> = []
        return layers.reversed().filter { seen.insert($0).inserted }
    }

    /// The layers it was made of, the lowest first; empty when nothing is recorded.
    package var layers: [String] {
        guard let bytes = try? FileSystem.read(record),
            let record = try? JSONDecoder().decode(Record.self, from: Data(bytes))
        else { return [] }
        return record.layers
    }

    package var isMounted: Bool { (try? Mounts.isMounted(path)) ?? false }

    /// Unmounts it, with what is mounted inside. What the container changed stays.
    package func unmount() throws { try Mounts.unmountAll(below: path) }

    /// Unmounts it and removes everything but the layers.
    package func remove() throws {
        try unmount()
        for name in ["merged", "upper", "work", "empty", "rootfs.json", "lock"] {
            try FileSystem.removeTree(folder + "/" + name)
        }
    }
}
