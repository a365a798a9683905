package import Problems

/// A regular expression that cannot be understood, in the words of RE2 (https://github.com/google/re2/wiki/Syntax).
package struct PatternProblem: Problem, Equatable {
    package let code: String
    package let summary: String
    package let category: ProblemCategory

    init(_ code: String, _ summary: String, category: ProblemCategory = .invalid) {
        self.code = "promql.pattern." + code
        self.summary = "error parsing regexp: " + summary
        self.category = category
    }
}
