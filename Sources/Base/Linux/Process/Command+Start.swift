import CLinux
import Glibc
import Synchronization

extension Command {
    /// Where the program's standard input comes from.
    package enum Input: Sendable {
        case none
        case inherited
        case file(OpenFile)
        /// `Child.input` is the other end.
        case pipe
    }

    /// Where the program's output goes.
    package enum Sink: Sendable {
        case discarded
        case inherited
        case file(OpenFile)
        /// `Child.output` or `Child.error` is the other end.
        case pipe
        /// For the error output only: to where the standard output goes.
        case sameAsOutput
    }

    /// Starts the program and returns as soon as it has begun (or says why it could not). Further descriptors in `passing`
    /// become 3, 4, … in the child.
    package func start(
        input: Input = .none, output: Sink = .inherited, error: Sink = .inherited, passing: [OpenFile] = []
    ) async throws -> Child {
        let variables = resolvedEnvironment()
        let search = variables["PATH"] ?? Command.usualPath
        guard let path = Command.locate(executable, in: search) else {
            throw CommandProblem.executableNotFound(executable, path: search)
        }
        var ours = Child.Ends()
        let stdin = try theirInput(input, &ours)
        let stdout = try theirOutput(output, 1, &ours.output)
        let stderr = if case .sameAsOutput = error { stdout } else { try theirOutput(error, 2, &ours.error) }
        let files = [stdin, stdout, stderr] + passing
        let ends = ours
        return try await Spawner.process.thread.run {
            let started = try launch(path, variables, files)
            return Child(
                name: shortName, pid: started.pid, pidfd: started.pidfd, hasGroup: session != .shared,
                background: background, ends: ends)
        }
    }

    private func theirInput(_ input: Input, _ ours: inout Child.Ends) throws -> OpenFile {
        switch input {
        case .none: return try .open("/dev/null", O_RDONLY)
        case .inherited: return try duplicate(0)
        case .file(let file): return file
        case .pipe:
            let (reader, writer) = try OpenFile.pipe()
            try writer.setNonBlocking()
            ours.input = writer
            return reader
        }
    }

    private func theirOutput(_ sink: Sink, _ own: Int32, _ ours: inout OpenFile?) throws -> OpenFile {
        switch sink {
        case .discarded: return try .open("/dev/null", O_WRONLY)
        case .inherited, .sameAsOutput: return try duplicate(own)
        case .file(let file): return file
        case .pipe:
            let (reader, writer) = try OpenFile.pipe()
            try reader.setNonBlocking()
            ours = reader
            return writer
        }
    }

    private func duplicate(_ descriptor: Int32) throws -> OpenFile {
        OpenFile(owning: try check("dup", "\(descriptor)") { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) })
    }

    private func launch(
        _ path: String, _ variables: [String: String], _ files: [OpenFile]
    ) throws -> (pid: pid_t, pidfd: OpenFile) {
        var memory = CStrings()
        defer { memory.free() }
        let hidden = (mounts?.hidden ?? []).map {
            cl_tmpfs(path: memory.copy($0.path), options: memory.copy($0.options))
        }
        let argv = memory.array([name ?? executable] + arguments)
        let envp = memory.array(variables.map { "\($0.key)=\($0.value)" })
        let groups = memory.array(cgroups)
        var spawn = cl_spawn()
        spawn.path = UnsafePointer(memory.copy(path))
        spawn.arguments = UnsafePointer(argv)
        spawn.environment = UnsafePointer(envp)
        spawn.directory = directory.map { UnsafePointer(memory.copy($0)) }
        spawn.root = root.map { UnsafePointer(memory.copy($0)) }
        spawn.session = session.rawValue
        spawn.death_signal = deathSignal ?? 0
        spawn.new_mount_namespace = mounts == nil ? 0 : 1
        var pidfd: Int32 = -1
        var step: Int32 = 0
        let supplementary = user?.groups ?? []
        if let user {
            spawn.change_user = 1
            spawn.uid = user.uid
            spawn.gid = user.gid
        }
        let pid = files.map(\.descriptor).withUnsafeBufferPointer { descriptors in
            namespaces.map(\.descriptor).withUnsafeBufferPointer { spaces in
                supplementary.withUnsafeBufferPointer { supplementary in
                    hidden.withUnsafeBufferPointer { hidden in
                        spawn.descriptors = descriptors.baseAddress
                        spawn.descriptor_count = Int32(descriptors.count)
                        spawn.namespaces = spaces.baseAddress
                        spawn.namespace_count = Int32(spaces.count)
                        spawn.groups = supplementary.baseAddress
                        spawn.group_count = Int32(supplementary.count)
                        spawn.overmounts = hidden.baseAddress
                        spawn.overmount_count = Int32(hidden.count)
                        return groups.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: cgroups.count + 1) {
                            spawn.cgroups = UnsafePointer($0)
                            spawn.cgroup_count = Int32(cgroups.count)
                            return cl_spawn(&spawn, &pidfd, &step)
                        }
                    }
                }
            }
        }
        withExtendedLifetime((files, namespaces)) {}
        guard pid > 0 else {
            throw CommandProblem.notStarted(shortName, step: Command.words(for: step, self), problem(step, -pid, path))
        }
        return (pid, OpenFile(owning: pidfd))
    }

    private func problem(_ step: Int32, _ number: Int32, _ path: String) -> SystemProblem {
        switch step {
        case Int32(cl_step_exec.rawValue): SystemProblem("exec", path, number: number)
        case Int32(cl_step_directory.rawValue): SystemProblem("chdir", directory, number: number)
        case Int32(cl_step_cgroup.rawValue): SystemProblem("write", cgroups.joined(separator: " "), number: number)
        default: SystemProblem("clone", path, number: number)
        }
    }

    private static func words(for step: Int32, _ command: Command) -> String {
        switch cl_step(rawValue: UInt32(step)) {
        case cl_step_clone: "no new process could be made"
        case cl_step_descriptors: "its files could not be passed on"
        case cl_step_session: "no session of its own"
        case cl_step_cgroup: "it could not join its control group"
        case cl_step_namespace: "it could not enter its namespaces"
        case cl_step_mount_namespace: "no mount namespace of its own"
        case cl_step_tmpfs: "a directory could not be hidden below a tmpfs"
        case cl_step_root: "its root directory could not be entered"
        case cl_step_directory: "its directory \(command.directory ?? "") could not be entered"
        case cl_step_user: "it could not become another user"
        default: "the program could not be executed"
        }
    }
}

/// The thread that starts every process. It lives as long as this process, as a parent-death signal needs: that signal is
/// sent when the *thread* that made the child ends.
final class Spawner: Sendable {
    static let process = Spawner()
    let thread = WorkThread(name: "estiba-spawn")

    private init() {
        // A reader that went away is an error of `write`, not the end of this process.
        signal(SIGPIPE, SIG_IGN)
    }
}
