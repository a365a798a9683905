package import Problems

/// What a parser or validator says about a text that a person wrote.
package struct Diagnostic: Problem {
    package let code: String
    package let summary: String
    package let remedy: String?
    package let location: ProblemLocation?
    package var category: ProblemCategory

    package init(
        _ code: String, _ summary: String, at location: ProblemLocation?, remedy: String? = nil,
        category: ProblemCategory = .invalid
    ) {
        self.code = code
        self.summary = summary
        self.location = location
        self.remedy = remedy
        self.category = category
    }
}

/// Several diagnostics of one text, reported together so that the writer mends them in one go.
package struct Diagnostics: Problem {
    package let all: [Diagnostic]

    /// Returns nil where there is nothing to report.
    package init?(_ all: [Diagnostic]) {
        if all.isEmpty { return nil }
        self.all = all
    }

    package var code: String { all[0].code }
    package var summary: String { all[0].summary }
    package var remedy: String? { all[0].remedy }
    package var location: ProblemLocation? { all[0].location }
    package var category: ProblemCategory { .invalid }
    package var description: String { all.map(\.oneLine).joined(separator: "\n") }
}
