package import Problems

/// Why a selector can't be understood.
package enum SelectorProblem: Problem, Equatable {
    case malformed(selector: String, why: String)
    case unsupportedField(String)

    package var code: String {
        switch self {
        case .malformed: "kube.selector.malformed"
        case .unsupportedField: "kube.selector.field"
        }
    }

    package var summary: String {
        switch self {
        case .malformed(let selector, let why): "unable to parse requirement: \(why) in \"\(selector)\""
        case .unsupportedField(let field): "field label not supported: \(field)"
        }
    }

    package var category: ProblemCategory { .invalid }
}
