/// Which contexts may be named where.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability
enum WorkflowScopes {
    static let none = ExpressionScope([])
    static let run = ExpressionScope(["github", "inputs", "vars"])
    static let workflowEnv = ExpressionScope(["github", "secrets", "inputs", "vars"])
    static let job = ExpressionScope(["github", "needs", "strategy", "matrix", "vars", "inputs"])
    static let jobCondition = ExpressionScope(["github", "needs", "vars", "inputs"], allowsStatus: true)
    static let jobEnv = ExpressionScope(["github", "needs", "strategy", "matrix", "vars", "secrets", "inputs"])
    static let jobDefaults = ExpressionScope(["github", "needs", "strategy", "matrix", "env", "vars", "inputs"])
    static let strategy = ExpressionScope(["github", "needs", "vars", "inputs"])
    static let outputs = ExpressionScope([
        "github", "needs", "strategy", "matrix", "job", "runner", "env", "vars", "secrets", "steps", "inputs",
    ])
    static let step = ExpressionScope(outputs.contexts, allowsHashFiles: true)
    static let stepCondition = ExpressionScope(
        outputs.contexts.subtracting(["secrets"]), allowsStatus: true, allowsHashFiles: true)
}
