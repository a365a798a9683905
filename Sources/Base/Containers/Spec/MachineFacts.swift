import Glibc
package import Linux

/// What the making of a configuration has to know about the machine.
package struct MachineFacts: Sendable, Equatable {
    /// The hard limit of open files of this process: no container can have more without CAP_SYS_RESOURCE.
    package var openFiles: UInt64
    package var processes: UInt64
    /// The capabilities that this process may hand on, by number.
    package var capabilities: UInt64
    package var usesCgroup2: Bool
    package var hasCgroups: Bool
    package var isARM: Bool

    package init(
        openFiles: UInt64, processes: UInt64, capabilities: UInt64, usesCgroup2: Bool, hasCgroups: Bool = true,
        isARM: Bool = false
    ) {
        self.openFiles = openFiles
        self.processes = processes
        self.capabilities = capabilities
        self.usesCgroup2 = usesCgroup2
        self.hasCgroups = hasCgroups
        self.isARM = isARM
    }

    /// Reads them.
    package static func read(_ cgroups: Cgroups = .detect()) -> MachineFacts {
        func hard(_ resource: Int32) -> UInt64 {
            var limit = rlimit()
            return getrlimit(__rlimit_resource_t(UInt32(resource)), &limit) == 0 ? UInt64(limit.rlim_max) : 1024
        }
        let status = (try? FileSystem.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapBnd:") }
        let capabilities = line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
        var isVersion2 = false
        var isThere = true
        switch cgroups.layout {
        case .v2: isVersion2 = true
        case .v1: break
        case .none: isThere = false
        }
        #if arch(arm64)
            let isARM = true
        #else
            let isARM = false
        #endif
        return MachineFacts(
            openFiles: hard(7), processes: hard(6), capabilities: capabilities, usesCgroup2: isVersion2,
            hasCgroups: isThere, isARM: isARM)
    }
}
