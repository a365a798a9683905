/// A failure that a person can act on. Every error that leaves a module of Estiba is one.
///
/// `code` is stable and dotted (`images.dockerfile.unknown-instruction`): programs and documentation refer to it.
/// `summary` is one sentence that says what happened and to what. `remedy` says what to do next.
package protocol Problem: Error, CustomStringConvertible {
    var code: String { get }
    var summary: String { get }
    /// What the reader can do about it, as an imperative sentence.
    var remedy: String? { get }
    var category: ProblemCategory { get }
    /// Where in a file, if the problem is about text that a person wrote.
    var location: ProblemLocation? { get }
    var cause: (any Error)? { get }
}

extension Problem {
    package var remedy: String? { nil }
    package var category: ProblemCategory { .failed }
    package var location: ProblemLocation? { nil }
    package var cause: (any Error)? { nil }
    package var description: String { oneLine }

    /// `summary; remedy (code)`, for logs and for places with one line.
    package var oneLine: String {
        var text = location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
        text += summary
        if let cause { text += ": " + brief(cause) }
        if let remedy { text += ". " + remedy }
        return text
    }
}

/// What kind of failure it is, from which each protocol derives its own status code.
package enum ProblemCategory: String, Sendable, CaseIterable {
    /// The input is wrong; the same request will fail again.
    case invalid
    case unauthenticated
    case denied
    case notFound
    case conflict
    /// The input is right but not supported (yet).
    case unsupported
    /// A limit was reached: quota, disk, rate, size.
    case exhausted
    /// Something outside is not reachable or not ready; trying again may help.
    case unavailable
    case timedOut
    case cancelled
    /// Anything else.
    case failed

    /// The HTTP status that carries this category (RFC 9110 §15).
    package var httpStatus: Int {
        switch self {
        case .invalid: 400
        case .unauthenticated: 401
        case .denied: 403
        case .notFound: 404
        case .conflict: 409
        case .unsupported: 501
        case .exhausted: 507
        case .unavailable: 503
        case .timedOut: 504
        case .cancelled: 499
        case .failed: 500
        }
    }
}

/// A place in a text that a person wrote: 1-based line and column (in characters), and the text around it.
package struct ProblemLocation: Sendable, Equatable {
    package var file: String
    package var line: Int
    package var column: Int
    /// The source line, without its newline.
    package var excerpt: String
    /// How many characters the caret underlines, at least 1.
    package var width: Int

    package init(file: String, line: Int, column: Int, excerpt: String, width: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.excerpt = excerpt
        self.width = max(1, width)
    }
}

/// A one-line description of any error, without losing a problem's own words.
package func brief(_ error: any Error) -> String {
    if let problem = error as? any Problem { return problem.oneLine }
    return String(describing: error)
}
