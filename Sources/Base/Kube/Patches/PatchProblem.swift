package import Problems

/// Why a patch can't be applied.
package enum PatchProblem: Problem, Equatable {
    /// The patch itself is not well formed.
    case malformed(String)
    /// A JSON patch names a place that isn't there.
    case missing(path: String)
    /// A `test` operation found another value (RFC 6902 §4.6).
    case testFailed(path: String)

    package var code: String {
        switch self {
        case .malformed: "kube.patch.malformed"
        case .missing: "kube.patch.missing"
        case .testFailed: "kube.patch.test-failed"
        }
    }

    package var summary: String {
        switch self {
        case .malformed(let why): "the patch is not valid: \(why)"
        case .missing(let path): "the patch names \(path.isEmpty ? "the root" : path), which does not exist"
        case .testFailed(let path): "the test at \(path) failed: the value there is another"
        }
    }

    package var category: ProblemCategory { .invalid }
}
