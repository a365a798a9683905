import FoundationEssentials
import Glibc
import Linux

extension ContainerHost {
    /// Creates a container and its monitor; its program does not run before `start`. `folder` is its own and is made here; `log`
    /// gets what it writes, in the format of the Kubernetes container runtime interface.
    ///
    /// The monitor is free of this process: it goes on, with the container, however this one ends.
    package func create(_ id: String, folder: String, log: String, spec: RuntimeSpec) async throws -> Container {
        if FileSystem.exists(folder + "/" + ContainerRecord.name) { throw ContainerProblem.exists(id) }
        let bundle = folder + "/bundle"
        for directory in [bundle, folder + "/exit", folder + "/persist"] { try FileSystem.makeDirectory(directory) }
        for stale in ["/exit/" + id, "/oom", "/persist/oom"] { try FileSystem.removeFile(folder + stale) }
        try FileSystem.makeDirectory(FileSystem.parent(of: log))
        try FileSystem.writeAtomically(try spec.encoded(), to: bundle + "/config.json", mode: 0o600, durable: false)

        let words = try OpenFile.open(folder + "/monitor.log", O_RDWR | O_CREAT | O_TRUNC, mode: 0o600)
        let process: ProcessIdentity
        do {
            // A monitor that is interrupted half-way may make its container later, when nobody knows of it.
            let pid = try await withoutCancellation { try await launch(id, folder, log, words) }
            try Task.checkCancellation()
            guard let identity = ProcessIdentity.of(pid) else {
                throw ContainerProblem.create(container: id, lastWords: "its first process ended at once")
            }
            process = identity
        } catch {
            try? await withoutCancellation { try await discard(id, spec) }
            throw error
        }
        let monitor = (try? FileSystem.readLine(folder + "/monitor.pid")).flatMap { Int32($0) }
        let record = ContainerRecord(
            id: id, runtime: runtime.kind, process: process, monitor: monitor.flatMap(ProcessIdentity.of), log: log,
            cgroup: spec.linux.cgroupsPath, bundle: bundle)
        try record.write(to: folder)
        return Container(host: self, folder: folder, record: record)
    }

    /// The container that an earlier process left in `folder`; nil when there is none. It may have ended meanwhile: `ended` tells.
    package func adopt(folder: String) throws -> Container? {
        guard let record = try ContainerRecord.read(from: folder) else { return nil }
        var host = self
        if record.runtime != runtime.kind {
            // Made by the other runtime, which must also remove it.
            host = ContainerHost(
                runtime: try OCIRuntime.detect(root: runtime.root, cgroups: cgroups, preferring: record.runtime),
                conmon: conmon, cgroups: cgroups, machine: machine, log: log)
        }
        return Container(host: host, folder: folder, record: record)
    }

    private struct Answer: Decodable {
        var pid: Int32?
        var data: Int32?
        var message: String?
    }

    /// Starts the monitor and returns the number of the container's first process, which the monitor tells through a pipe.
    private func launch(_ id: String, _ folder: String, _ log: String, _ words: OpenFile) async throws -> Int32 {
        let (reader, writer) = try OpenFile.pipe()
        try reader.setNonBlocking()
        var command = Command(
            conmon,
            ["-c", id, "-u", id, "-n", id, "-b", folder + "/bundle", "-r", runtime.path]
                + runtime.globalArguments.flatMap { ["--runtime-arg", $0] }
                + ["-p", folder + "/pid", "-P", folder + "/monitor.pid", "-l", "k8s-file:" + log]
                + [
                    "--exit-dir", folder + "/exit", "-0", folder + "/persist", "--full-attach", "--log-level",
                    "warning",
                ],
            environment: .exactly(["PATH": Command.usualPath, "_OCI_SYNCPIPE": "3"]),
            directory: folder)
        command.session = .session
        command.background = .kept
        command.mounts = runtime.mounts
        let first = try await command.start(output: .discarded, error: .file(words), passing: [writer])
        writer.close()
        var bytes: [UInt8] = []
        // One line, or the end of the pipe when the monitor failed.
        while bytes.last != UInt8(ascii: "\n") {
            let more = try await reader.receive(4096)
            if more.isEmpty { break }
            bytes += more
        }
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes))
        if let pid = answer?.pid ?? answer?.data, pid > 0 {
            _ = await first.wait()
            return pid
        }
        let status = await first.wait()
        let written = (try? FileSystem.read(folder + "/monitor.log")) ?? []
        let message = answer?.message.map { RuntimeWords.clean(Array($0.utf8)) } ?? ""
        let reason = message.isEmpty ? RuntimeWords.clean(written) : message
        throw ContainerProblem.create(
            container: id, lastWords: reason.isEmpty ? "the monitor ended with \(status)" : reason)
    }

    /// Removes what a failed creation left behind.
    private func discard(_ id: String, _ spec: RuntimeSpec) async throws {
        try? await runtime.delete(id)
        if let path = spec.linux.cgroupsPath {
            let group = cgroups.group(at: path)
            try await group.kill()
            try await group.remove()
        }
    }
}
