import FoundationEssentials
import Glibc
import PromQL

/// What the kernel knows about this process, under the names that clients of Prometheus use.
package struct ProcessMetrics: MetricsSource {
    package init() {}

    package func exposition() async -> [UInt8] {
        var text = ""
        func add(_ name: String, _ type: String, _ help: String, _ value: Double?) {
            guard let value else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(NumberText.format(value))\n"
        }
        let fields = Self.statFields()
        func field(_ number: Int) -> Double? {
            // The fields after the command, which may hold blanks, count from 3 (proc_pid_stat(5)).
            fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil
        }
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        if let user = field(14), let system = field(15) {
            add("process_cpu_seconds_total", "counter", "User and system CPU time in seconds.", (user + system) / ticks)
        }
        add("process_resident_memory_bytes", "gauge", "Resident memory in bytes.", field(24).map { $0 * page })
        add("process_virtual_memory_bytes", "gauge", "Virtual memory in bytes.", field(23))
        add("process_threads", "gauge", "Threads of the process.", field(20))
        add("process_open_fds", "gauge", "Open file descriptors.", Self.openFiles())
        add("process_max_fds", "gauge", "Most file descriptors that may be open.", Self.maximumFiles())
        if let start = field(22), let boot = Self.bootTime() {
            add(
                "process_start_time_seconds", "gauge", "Start of the process in seconds since 1970.",
                boot + start / ticks)
        }
        return Array(text.utf8)
    }

    private static func statFields() -> [Substring] {
        guard let text = read("/proc/self/stat"), let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func read(_ path: String) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    private static func bootTime() -> Double? {
        read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    private static func openFiles() -> Double? {
        // The listing itself holds one descriptor.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count - 1) }
    }

    private static func maximumFiles() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }
}
