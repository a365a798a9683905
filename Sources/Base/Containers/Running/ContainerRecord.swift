import FoundationEssentials
package import Linux

/// What must be known of a container to find it again: kept in its folder as `container.json`.
package struct ContainerRecord: Sendable, Equatable, Codable {
    package var id: String
    package var runtime: OCIRuntime.Kind
    /// The container's first process.
    package var process: ProcessIdentity
    package var monitor: ProcessIdentity?
    package var log: String
    /// From the root of the control groups, such as `/estiba/pods/p/c`.
    package var cgroup: String?
    /// Where the configuration and the monitor's control pipe are.
    package var bundle: String

    static let name = "container.json"

    func write(to folder: String) throws {
        let bytes = try Array(JSONEncoder().encode(self))
        // It describes running processes, which no crash of the machine survives: there is nothing to make durable.
        try FileSystem.writeAtomically(bytes, to: folder + "/" + ContainerRecord.name, durable: false)
    }

    static func read(from folder: String) throws -> ContainerRecord? {
        let path = folder + "/" + name
        guard FileSystem.exists(path) else { return nil }
        do {
            return try JSONDecoder().decode(ContainerRecord.self, from: Data(FileSystem.read(path)))
        } catch {
            throw ContainerProblem.record(path: path, why: String(describing: error))
        }
    }
}
