import Glibc
package import Problems

/// What can go wrong in the store of series.
package enum SeriesStoreProblem: Problem, Equatable {
    case io(path: String, what: String, errno: Int32)
    case cardinality(limit: Int)
    case damaged(path: String, String)
    /// Another process has the folder open.
    case inUse(path: String)

    package var code: String {
        switch self {
        case .io: "series-store.io"
        case .cardinality: "series-store.cardinality"
        case .damaged: "series-store.damaged"
        case .inUse: "series-store.in-use"
        }
    }

    package var summary: String {
        switch self {
        case .io(let path, let what, let number): "cannot \(what) \(path): \(String(cString: strerror(number)))"
        case .cardinality(let limit): "the store holds \(limit) series, which is its limit; new series are refused"
        case .damaged(let path, let what): "\(path) is damaged: \(what)"
        case .inUse(let path): "\(path) is in use by another process"
        }
    }

    package var remedy: String? {
        switch self {
        case .io(_, _, let number):
            number == ENOSPC
                ? "Free space on the disk or shorten the retention." : "Check the folder's owner and the disk."
        case .cardinality:
            "Find the label with too many values (count by (__name__) ({__name__!=\"\"})) or raise the limit."
        case .damaged: "Move the file away; what it held is lost, the rest is served."
        case .inUse: "Stop the other process or choose another data folder."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .io(_, _, let number): number == ENOSPC ? .exhausted : .failed
        case .cardinality: .exhausted
        case .damaged: .failed
        case .inUse: .conflict
        }
    }

    static func failing(_ what: String, _ path: String) -> SeriesStoreProblem {
        .io(path: path, what: what, errno: errno)
    }
}
