import Containers
import Glibc
import Linux
import OCI
import Store

/// A root file system for one step: the layers so far below, a fresh directory for the changes on top.
struct StepWorkspace: Sendable {
    let filesystem: RootFilesystem

    var root: String { filesystem.path }

    /// Runs the body with a workspace in a new folder, and removes it afterwards.
    static func with<Result: Sendable>(
        _ layers: [StageState.Layer], of store: LayerStore, in folder: String,
        _ body: (StepWorkspace) async throws -> Result
    ) async throws -> Result {
        var directories: [String] = []
        for layer in layers {
            directories.append(try await store.unpacked(layer.diffID, from: layer.descriptor.digest))
        }
        try FileSystem.makeDirectory(folder)
        let path = try FileSystem.makeTemporaryDirectory(prefix: folder + "/step-")
        let workspace = StepWorkspace(filesystem: RootFilesystem(folder: path))
        do {
            try await workspace.filesystem.create(layers: directories)
            let result = try await body(workspace)
            try await workspace.remove()
            return result
        } catch {
            try? await workspace.remove()
            throw error
        }
    }

    private func remove() async throws {
        let filesystem = filesystem
        try await Thread.run(name: "estiba-build") {
            try filesystem.remove()
            try FileSystem.removeTree(filesystem.folder)
        }
    }

    /// Ends the work and makes a layer of the changes, which the layer store takes over.
    ///
    /// - Returns: nil if nothing changed.
    func seal(_ archive: LayerArchive, into store: LayerStore, blobs: BlobStore) async throws -> LayerArchive.Result? {
        let filesystem = filesystem
        let result = try await Thread.run(name: "estiba-build") {
            try filesystem.unmount()
            return try archive.write(to: blobs)
        }
        if let result { _ = try await store.adopt(filesystem.changes, as: result.layer.diffID) }
        return result
    }
}
