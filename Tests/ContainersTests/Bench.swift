import EstibaTesting
import Glibc
import Linux
import Logging
import Testing

@testable import Containers

/// A folder with one layer (busybox) and a host; afterwards nothing may be left of what was made in it.
struct Bench: Sendable {
    let folder: String
    let host: ContainerHost
    let group: String

    var layer: String { folder + "/layer" }

    static let isPossible = Requirement.root && Requirement.programs("conmon", "busybox", "crun", "runc")
    static let needs: Comment = "needs root, crun, runc, conmon and busybox-static"

    static func with(_ kind: OCIRuntime.Kind, _ body: (Bench) async throws -> Void) async throws {
        let folder = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-")
        try await ContainerHost.prepare(folder: folder)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let host = try ContainerHost.detect(folder: folder, preferring: kind, logger: logger)
        let group = "/estiba/tests-" + folder.dropFirst("/tmp/".count)
        let bench = Bench(folder: folder, host: host, group: group)
        do {
            try bench.makeLayer()
            try await body(bench)
            #expect(try Mounts.list(below: folder).map(\.path) == [folder])
            #expect(host.cgroups.group(at: group).leaves.isEmpty)
            #expect(try await host.runtime.list().isEmpty)
        } catch {
            try? await bench.clear()
            throw error
        }
        try await bench.clear()
    }

    private func makeLayer() throws {
        for directory in ["bin", "etc", "tmp", "proc", "sys", "dev", "root"] {
            try FileSystem.makeDirectory("\(layer)/\(directory)")
        }
        try FileSystem.copyFile("/bin/busybox", to: layer + "/bin/busybox")
        for name in ["sh", "sleep", "cat", "id", "mount", "unshare", "head", "tail", "seq", "touch", "ls", "wc", "ps"] {
            #expect(symlink("busybox", "\(layer)/bin/\(name)") == 0)
        }
        try FileSystem.writeAtomically(
            Array("root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n".utf8), to: layer + "/etc/passwd")
        try FileSystem.writeAtomically(
            Array("root:x:0:\napp:x:1001:\nextra:x:2000:root,app\n".utf8), to: layer + "/etc/group")
    }

    private func clear() async throws {
        for id in try await host.runtime.list() { try await host.runtime.delete(id) }
        let group = host.cgroups.group(at: group)
        try await group.kill()
        try await group.remove()
        try FileSystem.removeTree(folder)
    }

    func root(_ id: String) async throws -> RootFilesystem {
        let root = RootFilesystem(folder: "\(folder)/\(id)")
        try await root.create(layers: [layer])
        return root
    }

    func plan(_ id: String, _ root: RootFilesystem, _ script: String) -> ContainerPlan {
        var plan = ContainerPlan(root: root.path, arguments: ["sh", "-c", script])
        plan.cgroup = group + "/" + id
        plan.hostname = id
        return plan
    }

    func create(
        _ id: String, _ script: String, _ change: (inout ContainerPlan) -> Void = { _ in }
    ) async throws -> (container: Container, root: RootFilesystem) {
        let root = try await root(id)
        var plan = plan(id, root, script)
        change(&plan)
        let container = try await host.create(
            id, folder: "\(folder)/\(id)", log: "\(folder)/\(id)/log", spec: try host.spec(plan))
        return (container, root)
    }

    /// Runs a container to its end, removes it, and returns how it ended and what it wrote.
    func finish(
        _ id: String, _ script: String, _ change: (inout ContainerPlan) -> Void = { _ in }
    ) async throws -> (exit: Container.Exit, log: [String]) {
        let (container, root) = try await create(id, script, change)
        try await container.start()
        let exit = try await container.ended()
        try await container.remove()
        try root.remove()
        return (exit, try log(container))
    }

    /// The log's records without their times: `stdout F text`.
    func log(_ container: Container, suffix: String = "") throws -> [String] {
        String(decoding: try FileSystem.read(container.record.log + suffix), as: UTF8.self).split(separator: "\n")
            .map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    /// Waits until the container has written this line.
    func wait(for line: String, in container: Container) async throws {
        let watch = try FileWatch([FileSystem.parent(of: container.record.log)], includingModifications: true)
        if isWritten(line, container) { return }
        for try await _ in watch where isWritten(line, container) { return }
    }

    private func isWritten(_ line: String, _ container: Container) -> Bool {
        (try? log(container))?.contains { $0.hasSuffix(line) } ?? false
    }
}

extension Cgroup {
    /// The groups inside this one, in any tree.
    var leaves: [String] {
        switch cgroups.layout {
        case .v2(let root): (try? FileSystem.entries(root + path).filter(\.isDirectory).map(\.name)) ?? []
        case .v1(let controllers, let named):
            Set(controllers.values).union(named).flatMap { tree in
                ((try? FileSystem.entries(tree + path)) ?? []).filter(\.isDirectory).map { "\(tree)/\($0.name)" }
            }
        case .none: []
        }
    }
}
