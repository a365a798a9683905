package import Linux
package import Logging

/// The means to run containers on this machine: a runtime, the monitor program, the control groups.
///
/// All state lies in folders: what is here is found again by any later process.
package struct ContainerHost: Sendable {
    package let runtime: OCIRuntime
    /// The monitor that holds each container, so that it outlives this process.
    package let conmon: String
    package let cgroups: Cgroups
    package let machine: MachineFacts
    let log: Logger

    /// Looks for the programs. `folder` is for the runtime's own state, and best a path of moderate length.
    package static func detect(
        folder: String, preferring kind: OCIRuntime.Kind? = nil, logger: Logger
    ) throws -> ContainerHost {
        let cgroups = Cgroups.detect()
        guard let conmon = Command.locate("conmon") else { throw ContainerProblem.noMonitor }
        let runtime = try OCIRuntime.detect(root: folder + "/runtime", cgroups: cgroups, preferring: kind)
        return ContainerHost(
            runtime: runtime, conmon: conmon, cgroups: cgroups, machine: .read(cgroups), log: logger)
    }

    /// Makes the folder ready. What is mounted in it must also go from the view of the monitors, so it is shared with them.
    package static func prepare(folder: String) async throws {
        try await Thread.run {
            try FileSystem.makeDirectory(folder + "/runtime", mode: 0o711)
            try Mounts.shareInner(folder)
        }
    }

    /// The configuration of a planned container, with its user looked up in its root file system.
    package func spec(_ plan: ContainerPlan) throws -> RuntimeSpec {
        RuntimeSpec(plan, user: try UserLookup(root: plan.root).find(plan.user), on: machine)
    }
}
