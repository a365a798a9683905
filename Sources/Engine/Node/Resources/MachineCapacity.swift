import Glibc
import Linux

/// What this machine has.
package struct MachineCapacity: Sendable, Equatable {
    /// Bytes.
    package var memory: Int
    package var milliCores: Int
    /// Bytes of the file system that holds the pods.
    package var disk: Int
    /// The least `oom_score_adj` that this process may give to others: below its own only with CAP_SYS_RESOURCE.
    package var leastOutOfMemoryScore: Int

    package init(memory: Int, milliCores: Int, disk: Int, leastOutOfMemoryScore: Int) {
        self.memory = memory
        self.milliCores = milliCores
        self.disk = disk
        self.leastOutOfMemoryScore = leastOutOfMemoryScore
    }

    /// - Parameter directory: where pods are kept.
    package static func detect(directory: String) -> MachineCapacity {
        let status = (try? FileSystem.readLine("/proc/self/status")) ?? ""
        let capabilities =
            status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
            .flatMap { UInt64($0.dropFirst(7).drop { $0 == "\t" || $0 == " " }, radix: 16) } ?? 0
        let mayLower = capabilities & (1 << 24) != 0
        let own = (try? FileSystem.readLine("/proc/self/oom_score_adj")).flatMap { Int($0) } ?? 0
        return MachineCapacity(
            memory: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)),
            milliCores: sysconf(Int32(_SC_NPROCESSORS_ONLN)) * 1000,
            disk: Int((try? FileSystem.space(at: directory).total) ?? 0), leastOutOfMemoryScore: mayLower ? -1000 : own)
    }
}
