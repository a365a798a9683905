import Containers
import FoundationEssentials
import Linux
import Problems

/// Runs the containers of pods on the machine's OCI runtime.
struct ContainerRunner: Sendable {
    let host: ContainerHost

    /// Mounts an image's layers below a fresh writable directory.
    func mountRoot(in folder: String, layers: [String]) async throws -> RootFilesystem {
        let root = RootFilesystem(folder: folder + "/root")
        if FileSystem.exists(root.folder) { try root.remove() }
        try await root.create(layers: layers)
        return root
    }

    /// Creates the container in `folder` and lets it begin.
    func start(_ id: String, in folder: String, launch: ContainerLaunch, root: RootFilesystem, log: String) async throws
        -> RunningContainer
    {
        let plan = try launch.plan(root: root.path)
        let container = try await host.create(id, folder: folder, log: log, spec: try host.spec(plan))
        do { try await container.start() } catch {
            try? await container.remove()
            throw error
        }
        return RunningContainer(container: container)
    }

    /// The container that an earlier process left in `folder`, begun if it had only been created; nil where there is none.
    func adopt(in folder: String) async -> RunningContainer? {
        guard let container = try? host.adopt(folder: folder) else { return nil }
        if container.isRunning, let state = try? await host.runtime.state(container.id), state.status == .created {
            try? await container.start()
        }
        return RunningContainer(container: container)
    }

    /// Removes what is left in `folder` of a container that has ended or never began. Its log lies elsewhere.
    func discard(in folder: String) async throws {
        if let container = try host.adopt(folder: folder) { try await container.remove() }
        let root = RootFilesystem(folder: folder + "/root")
        if FileSystem.exists(root.folder) { try root.remove() }
        try FileSystem.removeTree(folder)
    }
}
