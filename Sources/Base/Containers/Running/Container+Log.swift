import Glibc
import Linux

extension Container {
    /// Starts a new log file when the present one is larger than `limit` bytes, keeping `count` old ones (`LOG.1` is the youngest).
    /// Nothing is lost: the monitor goes on writing into the renamed file until it has opened the new one. True when it did.
    @discardableResult
    package func rotateLog(largerThan limit: Int64, keeping count: Int = 4) throws -> Bool {
        var facts = stat()
        guard stat(record.log, &facts) == 0, Int64(facts.st_size) > limit else { return false }
        if count > 0 {
            for number in stride(from: count - 1, through: 1, by: -1) where FileSystem.exists("\(record.log).\(number)")
            {
                try FileSystem.rename("\(record.log).\(number)", to: "\(record.log).\(number + 1)")
            }
            try FileSystem.rename(record.log, to: record.log + ".1")
        } else {
            try FileSystem.removeFile(record.log)
        }
        try reopenLog()
        return true
    }

    /// Tells the monitor to open its log anew. Nothing happens when the monitor has ended.
    package func reopenLog() throws {
        do throws(SystemProblem) {
            // Without a reader (the monitor) this fails instead of waiting for one.
            let control = try OpenFile.open(record.bundle + "/ctl", O_WRONLY | O_NONBLOCK)
            try control.writeAll(Array("2 0 0\n".utf8))
        } catch {
            if error.number != ENXIO && error.number != ENOENT { throw error }
        }
    }
}
