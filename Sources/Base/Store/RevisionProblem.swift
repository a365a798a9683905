package import Problems

/// Why the revision log refuses.
package enum RevisionProblem: Problem, Equatable {
    case exists(RevisionKey)
    case missing(RevisionKey)
    /// The object is at another revision than the writer expected.
    case conflict(RevisionKey, expected: Int64, found: Int64)
    /// The history after this revision is gone.
    case compacted(asked: Int64, oldest: Int64)

    package var code: String {
        switch self {
        case .exists: "store.revision.exists"
        case .missing: "store.revision.missing"
        case .conflict: "store.revision.conflict"
        case .compacted: "store.revision.compacted"
        }
    }

    package var summary: String {
        switch self {
        case .exists(let key): "\(key) already exists"
        case .missing(let key): "\(key) does not exist"
        case .conflict(let key, let expected, let found):
            "\(key) is at revision \(found), not at \(expected)"
        case .compacted(let asked, let oldest): "too old resource version: \(asked) (\(oldest))"
        }
    }

    package var remedy: String? {
        switch self {
        case .conflict: "Read the object again and repeat the change."
        case .compacted: "List again and watch from the new revision."
        default: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .exists, .conflict: .conflict
        case .missing: .notFound
        case .compacted: .invalid
        }
    }
}
