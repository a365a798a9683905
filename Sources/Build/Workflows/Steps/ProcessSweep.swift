import FoundationEssentials
import Glibc

/// Ends what a job has left behind, even in other sessions: every process whose environment carries the job's mark.
enum ProcessSweep {
    /// The variable that marks the processes of a job, the same as on GitHub's runners.
    static let variable = "RUNNER_TRACKING_ID"

    /// Kills until nothing with the mark is left, at most a few rounds, as a killed parent may just have started another child.
    /// Returns how many processes were killed.
    @discardableResult
    static func kill(marked mark: String) -> Int {
        var killed: Set<pid_t> = []
        for _ in 0..<5 {
            let found = processes(marked: "\(variable)=\(mark)").filter { !killed.contains($0) }
            if found.isEmpty { break }
            for pid in found where Glibc.kill(pid, SIGKILL) == 0 { killed.insert(pid) }
        }
        return killed.count
    }

    /// The numbers of the processes whose environment has this entry.
    static func processes(marked entry: String) -> [pid_t] {
        let needle = Array(entry.utf8) + [0]
        let own = getpid()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { pid in
            guard pid != own, let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else {
                return false
            }
            return contains(needle, in: [0] + bytes)
        }
    }

    private static func contains(_ needle: [UInt8], in bytes: [UInt8]) -> Bool {
        var start = 0
        while let zero = bytes[start...].firstIndex(of: 0), zero + needle.count < bytes.count {
            if bytes[zero + 1..<zero + 1 + needle.count].elementsEqual(needle) { return true }
            start = zero + 1
        }
        return false
    }
}
