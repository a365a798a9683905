import Glibc
package import Problems

/// A system call that failed: which one, on what, and the error number in words.
package struct SystemProblem: Problem, Equatable {
    /// The name of the call, for instance `mount`.
    package let call: String
    /// The path or object it was about.
    package let subject: String?
    /// The error number (`errno`).
    package let number: Int32

    package init(_ call: String, _ subject: String? = nil, number: Int32) {
        self.call = call
        self.subject = subject
        self.number = number
    }

    package var code: String { "linux.system-call.\(call)" }

    package var summary: String {
        let words = String(cString: strerror(number))
        return subject.map { "\(call) \($0): \(words)" } ?? "\(call): \(words)"
    }

    package var remedy: String? {
        switch number {
        case ENOSPC, EDQUOT: "Free some disk space (or, for namespaces and watches, raise the limit in /proc/sys)."
        case EPERM, EACCES:
            "Run as root, or give the process the right to do this; `estiba doctor` shows what is missing."
        case EMFILE, ENFILE: "Raise the limit of open files (ulimit -n)."
        case EROFS: "Choose a directory on a writable file system."
        default: nil
        }
    }

    package var category: ProblemCategory {
        switch number {
        case ENOENT, ESRCH, ENOTDIR: .notFound
        case EEXIST, EBUSY, ENOTEMPTY: .conflict
        case EPERM, EACCES, EROFS: .denied
        case ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM: .exhausted
        case ENOSYS, EOPNOTSUPP: .unsupported
        case ETIMEDOUT: .timedOut
        default: .failed
        }
    }
}

/// Turns the result of a C library call (-1 and `errno`) into a value or a problem. Interrupted calls are repeated.
@discardableResult
func check<Value: SignedInteger>(
    _ call: String, _ subject: @autoclosure () -> String? = nil, _ body: () -> Value
) throws(SystemProblem) -> Value {
    while true {
        let value = body()
        if value >= 0 { return value }
        let number = errno
        if number != EINTR { throw SystemProblem(call, subject(), number: number) }
    }
}

/// Turns the result of a call of CLinux (a negative error number) into a value or a problem.
@discardableResult
func checkNumber(_ call: String, _ subject: @autoclosure () -> String? = nil, _ body: () -> Int32) throws(SystemProblem)
    -> Int32
{
    while true {
        let value = body()
        if value >= 0 { return value }
        if value != -EINTR { throw SystemProblem(call, subject(), number: -value) }
    }
}
