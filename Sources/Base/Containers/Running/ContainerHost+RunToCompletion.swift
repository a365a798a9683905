import FoundationEssentials
import Glibc
package import Linux
import Logging

extension ContainerHost {
    /// Runs a container in the foreground to its end, handing on each line that it writes; it waits while `onLine` does. For steps
    /// of a build: there is no monitor, and the container ends with the task.
    ///
    /// Whatever happens, when this returns there is no process, control group or runtime state left of it. `folder` is made and
    /// removed; the root file system is the caller's.
    package func runToCompletion(
        _ id: String, folder: String, spec: RuntimeSpec, timeout: Duration? = nil,
        onLine body: @escaping @Sendable (OutputLine) async throws -> Void
    ) async throws -> ExitStatus {
        try FileSystem.makeDirectory(folder)
        try FileSystem.writeAtomically(try spec.encoded(), to: folder + "/config.json", mode: 0o600, durable: false)
        let runtimeLog = folder + "/runtime.log"
        var command = runtime.command(
            ["--log", runtimeLog, "run", "--bundle", folder, "--pid-file", folder + "/pid", id])
        command.deathSignal = SIGKILL
        let result: Result<ExitStatus, any Error>
        do {
            result = .success(try await command.run(timeout: timeout, onLine: body))
        } catch {
            result = .failure(error)
        }
        let hasStarted = FileSystem.exists(folder + "/pid")
        let words = RuntimeWords.clean((try? FileSystem.read(runtimeLog)) ?? [])
        try await cleanUp(id, folder, spec)
        let status = try result.get()
        if !status.isSuccess, !hasStarted {
            throw ContainerProblem.create(container: id, lastWords: words.isEmpty ? "\(status)" : words)
        }
        return status
    }

    /// In a task of its own, so that the cancellation of the run does not cancel its cleaning up.
    private func cleanUp(_ id: String, _ folder: String, _ spec: RuntimeSpec) async throws {
        try await withoutCancellation {
            if let pid = (try? FileSystem.readLine(folder + "/pid")).flatMap({ Int32($0) }) {
                // The first process of a pid namespace takes all others with it.
                let process = ProcessIdentity.of(pid)?.open()
                if FileSystem.exists("\(runtime.root)/\(id)") {
                    try? process?.signal(SIGKILL)
                    try? await process?.ended()
                }
            }
            if FileSystem.exists("\(runtime.root)/\(id)") { try await runtime.delete(id) }
            if let path = spec.linux.cgroupsPath {
                let group = cgroups.group(at: path)
                try await group.kill()
                try await group.remove()
            }
            try FileSystem.removeTree(folder)
        }
    }

    /// Removes what a process that was killed left of its foreground containers. To be called before the first of this process, with
    /// the names that are known to be in use.
    package func removeLeftovers(except known: Set<String>) async throws {
        guard FileSystem.exists(runtime.root) else { return }
        for id in try FileSystem.list(runtime.root) where !known.contains(id) {
            log.info("removing a container that nobody knows", metadata: ["container.id": "\(id)"])
            let bundle = try await runtime.state(id)?.bundle
            try await runtime.delete(id)
            if let bundle, let path = ContainerHost.cgroup(inBundle: bundle) {
                let group = cgroups.group(at: path)
                try await group.kill()
                try await group.remove()
            }
            try FileSystem.removeTree("\(runtime.root)/\(id)")
        }
    }

    /// The control group that a configuration names.
    private static func cgroup(inBundle bundle: String) -> String? {
        guard let bytes = try? FileSystem.read(bundle + "/config.json") else { return nil }
        return (try? JSONDecoder().decode(RuntimeSpec.self, from: Data(bytes)))?.linux.cgroupsPath
    }
}
