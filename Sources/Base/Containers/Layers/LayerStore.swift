import Linux
package import OCI
import Problems
package import Store

/// Layers unpacked once and shared by every container that uses them, as directories for overlayfs.
///
/// A layer is known by the digest of its uncompressed archive (the image configuration's `diff_ids`), so that the same layer
/// compressed in two ways is unpacked once, and so that its content is verified as it is unpacked.
package actor LayerStore {
    package nonisolated let root: String
    private let blobs: BlobStore
    private var working: [Digest: [CheckedContinuation<Void, Never>]] = [:]

    /// Nothing is read or made before `prepare`.
    package init(root: String, blobs: BlobStore) {
        self.root = root
        self.blobs = blobs
    }

    /// Makes the folder, and removes what an earlier process left unfinished. Layers that may have lost content when the machine
    /// went down are removed too: they are unpacked again when they are needed.
    package func prepare() async throws {
        let root = root
        try await Thread.run(name: "estiba-layers") {
            try FileSystem.makeDirectory(root)
            for name in try FileSystem.list(root) {
                let path = root + "/" + name
                if LayerMark.isSafe(in: path) { continue }
                try FileSystem.removeTree(path)
            }
        }
    }

    /// The directory of a layer that is unpacked; nil when it isn't.
    package nonisolated func directory(of layer: Digest) -> String? {
        let path = folder(layer)
        return FileSystem.exists(path + "/" + LayerMark.name) ? path + "/fs" : nil
    }

    /// The directory of a layer, unpacking it from a blob if that has not been done. Callers for the same layer wait for the first.
    package func unpacked(_ layer: Digest, from blob: Digest) async throws -> String {
        while true {
            if let directory = directory(of: layer) { return directory }
            guard working[layer] != nil else { break }
            await withCheckedContinuation { working[layer]?.append($0) }
        }
        working[layer] = []
        defer { for waiter in working.removeValue(forKey: layer) ?? [] { waiter.resume() } }
        guard blobs.contains(blob) else { throw ContainerProblem.layerMissing(layer, blob: blob) }
        let (root, blobs, target) = (root, blobs, folder(layer))
        return try await Thread.run(name: "estiba-unpack") {
            try FileSystem.makeDirectory(root)
            let temporary = try FileSystem.makeTemporaryDirectory(prefix: root + "/new-")
            do {
                try FileSystem.makeDirectory(temporary + "/fs")
                let actual = try LayerUnpacker(root: temporary + "/fs", algorithm: layer.algorithm)
                    .unpack(try blobs.open(blob))
                guard actual == layer else { throw ContainerProblem.layerDiffers(expected: layer, actual: actual) }
                try LayerStore.publish(temporary, as: target)
            } catch {
                try? FileSystem.removeTree(temporary)
                throw error
            }
            return target + "/fs"
        }
    }

    /// The directories of all layers of an image, the lowest first.
    package func unpacked(_ manifest: ImageManifest, _ configuration: ImageConfiguration) async throws -> [String] {
        var directories: [String] = []
        for (blob, layer) in zip(manifest.layers, configuration.rootfs.diffIDs) {
            directories.append(try await unpacked(layer, from: blob.digest))
        }
        return directories
    }

    /// Takes over a directory as the content of a layer, for one that was made here and needn't be unpacked. It must be on the
    /// same file system, in the form that overlayfs wants, and is moved away from where it is.
    package func adopt(_ directory: String, as layer: Digest) async throws -> String {
        if let directory = self.directory(of: layer) { return directory }
        let (root, target) = (root, folder(layer))
        return try await Thread.run(name: "estiba-layers") {
            try FileSystem.makeDirectory(root)
            let temporary = try FileSystem.makeTemporaryDirectory(prefix: root + "/new-")
            try FileSystem.rename(directory, to: temporary + "/fs")
            try LayerStore.publish(temporary, as: target)
            return target + "/fs"
        }
    }

    /// The layers that are here.
    package nonisolated func list() throws -> [Digest] {
        guard FileSystem.exists(root) else { return [] }
        return try FileSystem.list(root).compactMap { name in
            guard let dash = name.firstIndex(of: "-"), !name.hasPrefix("new-") else { return nil }
            return try? Digest("\(name[..<dash]):\(name[name.index(after: dash)...])")
        }
    }

    /// Removes the layers that are not in `live`, are not mounted, and were unpacked before `cutoff` (seconds since 1970): a layer
    /// just unpacked is about to be used. Returns what went.
    package func collect(keeping live: Set<Digest>, before cutoff: Int64) async throws -> [Digest] {
        let mounts = try Mounts.all().filter { $0.type == "overlay" }.map(\.options).joined(separator: " ")
        let dead = try list().filter {
            !live.contains($0) && !mounts.contains(Self.name($0)) && working[$0] == nil
                && (LayerMark.time(in: folder($0)) ?? .max) < cutoff
        }
        let (root, folders) = (root, dead.map(folder))
        try await Thread.run(name: "estiba-layers") {
            for path in folders {
                // Out of the way in one step, then at leisure.
                let trash = try FileSystem.makeTemporaryDirectory(prefix: root + "/new-")
                try FileSystem.rename(path, to: trash)
                try FileSystem.removeTree(trash)
            }
            try LayerMark.settle(root)
        }
        return dead
    }

    private static func publish(_ temporary: String, as target: String) throws {
        try LayerMark.write(in: temporary)
        do throws(SystemProblem) {
            try FileSystem.rename(temporary, to: target)
        } catch {
            if error.category != .conflict { throw error }
            // Another process was faster; its layer has the same content.
            try FileSystem.removeTree(temporary)
        }
    }

    private static func name(_ layer: Digest) -> String { "\(layer.algorithm.rawValue)-\(layer.hex)" }

    private nonisolated func folder(_ layer: Digest) -> String { "\(root)/\(Self.name(layer))" }
}
