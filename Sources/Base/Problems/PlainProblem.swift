/// A problem without a type of its own, for the shells of the program where the set of failures is open.
package struct PlainProblem: Problem {
    package let code: String
    package let summary: String
    package let remedy: String?
    package let category: ProblemCategory
    package let location: ProblemLocation?
    package let cause: (any Error)?

    package init(
        _ code: String, _ summary: String, remedy: String? = nil, category: ProblemCategory = .failed,
        location: ProblemLocation? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.summary = summary
        self.remedy = remedy
        self.category = category
        self.location = location
        self.cause = cause
    }
}
