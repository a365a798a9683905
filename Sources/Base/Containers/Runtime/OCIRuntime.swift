import Glibc
package import Linux

/// The program that makes containers: crun or runc, by their common command line (runtime-spec, and the options that both have).
package struct OCIRuntime: Sendable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case crun
        case runc
    }

    package let kind: Kind
    package let path: String
    /// Where the runtime keeps its own notes on containers.
    package let root: String
    /// The surroundings that this machine's control groups ask for.
    package let mounts: Command.MountView?

    package init(kind: Kind, path: String, root: String, cgroups: Cgroups) {
        self.kind = kind
        self.path = path
        self.root = root
        mounts = OCIRuntime.mounts(for: kind, cgroups)
    }

    /// Finds the preferred runtime, else crun, else runc.
    package static func detect(root: String, cgroups: Cgroups, preferring kind: Kind? = nil) throws -> OCIRuntime {
        for candidate in (kind.map { [$0] } ?? []) + [.crun, .runc] {
            if let path = Command.locate(candidate.rawValue) {
                return OCIRuntime(kind: candidate, path: path, root: root, cgroups: cgroups)
            }
        }
        throw ContainerProblem.noRuntime
    }

    /// crun refuses a machine whose controllers are divided between both versions. What it can't see doesn't trouble it: the
    /// version 2 tree is covered by an empty directory in crun's own view. (Unmounted instead, crun would write its files into the
    /// machine's directory.)
    static func mounts(for kind: Kind, _ cgroups: Cgroups) -> Command.MountView? {
        guard kind == .crun, let unified = cgroups.unifiedBeside else { return nil }
        return Command.MountView(hiding: [(unified, "size=4m,mode=755")])
    }

    /// The options that come before every verb.
    package var globalArguments: [String] {
        kind == .crun ? ["--root=" + root, "--cgroup-manager=cgroupfs"] : ["--root=" + root]
    }

    /// Nothing of this process's own environment, which may hold secrets or the addresses of a service manager.
    static let environment = Command.Environment.exactly(["PATH": Command.usualPath])

    /// A command of the runtime.
    package func command(_ arguments: [String]) -> Command {
        var command = Command(path, globalArguments + arguments, environment: OCIRuntime.environment)
        command.mounts = mounts
        return command
    }

    /// Runs a command to its end; fails with the runtime's own last words.
    @discardableResult
    package func run(_ verb: String, _ id: String, _ arguments: [String] = []) async throws -> String {
        let result = try await command([verb] + arguments).run(outputLimit: 1 << 20)
        guard result.status.isSuccess else {
            throw ContainerProblem.runtime(
                command: "\(kind.rawValue) \(verb)", container: id, status: result.status,
                lastWords: RuntimeWords.clean(result.error))
        }
        return result.text
    }

    /// Lets a created container's program begin.
    package func start(_ id: String) async throws { try await run("start", id, [id]) }

    /// Sends a signal to the container's first process. One that has ended already is no problem.
    package func kill(_ id: String, signal: Int32) async throws {
        do {
            try await run("kill", id, [id, String(signal)])
        } catch let problem as ContainerProblem where RuntimeWords.saysGone(problem) {}
    }

    /// Removes what the runtime keeps of a container, killing it if it runs. One that is unknown is no problem.
    package func delete(_ id: String) async throws {
        do {
            try await run("delete", id, ["--force", id])
        } catch let problem as ContainerProblem where RuntimeWords.saysGone(problem) {}
    }

    /// What the runtime knows about a container; nil when it doesn't know it.
    package func state(_ id: String) async throws -> State? {
        do {
            return try State(json: try await run("state", id, [id]))
        } catch let problem as ContainerProblem where RuntimeWords.saysGone(problem) {
            return nil
        }
    }

    /// The names of all containers under this runtime's root.
    package func list() async throws -> [String] {
        try await run("list", "*", ["--quiet"]).split(separator: "\n").map(String.init)
    }
}
