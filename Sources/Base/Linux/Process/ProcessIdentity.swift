import CLinux
import Glibc

/// A process named so that it can be found again after a restart of this one: its number, and when it began.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package let pid: Int32
    /// In clock ticks since the machine started (proc(5), stat field 22).
    package let startTime: UInt64
    /// The kernel's identifier of this run of the machine.
    package let boot: String

    package init(pid: Int32, startTime: UInt64, boot: String) {
        self.pid = pid
        self.startTime = startTime
        self.boot = boot
    }

    /// The identity of a running process (or of a zombie); nil when there is none with this number.
    package static func of(_ pid: Int32) -> ProcessIdentity? {
        guard let bytes = try? OpenFile.open("/proc/\(pid)/stat", O_RDONLY).readAll(),
            let startTime = startTime(inStat: String(decoding: bytes, as: UTF8.self)), let boot = currentBoot()
        else { return nil }
        return ProcessIdentity(pid: pid, startTime: startTime, boot: boot)
    }

    /// The start time in the text of `/proc/PID/stat`, whose second field may hold spaces and parentheses.
    static func startTime(inStat text: String) -> UInt64? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    static func currentBoot() -> String? {
        guard let bytes = try? OpenFile.open("/proc/sys/kernel/random/boot_id", O_RDONLY).readAll() else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// A handle on the process if it is still the same one.
    package func open() -> ProcessHandle? {
        let descriptor = cl_pidfd_open(pid)
        guard descriptor >= 0 else { return nil }
        let file = OpenFile(owning: descriptor)
        // In this order: the descriptor pins the process, then the identity is compared.
        return ProcessIdentity.of(pid) == self ? ProcessHandle(identity: self, pidfd: file) : nil
    }
}

/// A process that need not be a child of this one.
package final class ProcessHandle: Sendable {
    package let identity: ProcessIdentity
    package let pidfd: OpenFile

    init(identity: ProcessIdentity, pidfd: OpenFile) {
        self.identity = identity
        self.pidfd = pidfd
    }

    /// Returns when the process has ended. Throws `CancellationError` when the task is cancelled.
    package func ended() async throws {
        while !hasEnded { try await Poller.process.wait(for: .readable, on: [pidfd]) }
    }

    package var hasEnded: Bool {
        var poll = pollfd(fd: pidfd.descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) > 0
    }

    /// Sends a signal. Throws `ESRCH` when the process has ended.
    package func signal(_ number: Int32) throws(SystemProblem) {
        try checkNumber("pidfd_send_signal", "\(identity.pid)") { cl_pidfd_send_signal(pidfd.descriptor, number) }
    }
}
