import FoundationEssentials
import Linux

/// The places of one pod on disk.
package struct PodDirectory: Sendable {
    package let path: String

    package init(root: String, uid: String) { path = root + "/" + uid }

    package var record: String { path + "/pod.json" }
    package var volumes: String { path + "/volumes" }
    package var hosts: String { path + "/hosts" }
    package var resolver: String { path + "/resolv.conf" }
    package var hostname: String { path + "/hostname" }
    package var sharedMemory: String { path + "/shm" }
    package var containers: String { path + "/containers" }

    /// Holds the bundle and state of one try of a container.
    package func container(_ name: String, attempt: Int) -> String { "\(containers)/\(name)/\(attempt)" }
    package func log(_ container: String, attempt: Int) -> String { "\(path)/logs/\(container)/\(attempt).log" }
    package func logs(_ container: String) -> String { "\(path)/logs/\(container)" }
    package func terminationMessage(_ container: String, attempt: Int) -> String {
        self.container(container, attempt: attempt) + "/termination-log"
    }

    /// Writes the record in one step. It need not survive a loss of power: nothing that it speaks of does.
    package func save(_ state: PodState) throws(NodeProblem) {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try FileSystem.writeAtomically(Array(try encoder.encode(state)), to: record, mode: 0o600, durable: false)
        } catch { throw .record(path: record, why: String(describing: error)) }
    }

    /// Nil where there is no record, or none that can be read.
    package func load() -> PodState? {
        guard let bytes = try? FileSystem.read(record) else { return nil }
        return try? JSONDecoder().decode(PodState.self, from: Data(bytes))
    }
}
