/// How a step ended.
struct StepEnd: Sendable {
    var outcome: RunStatus
    var exitCode: Int?
    /// Why it failed, for people.
    var why: String?
    var outputs: [(name: String, value: String)] = []
}
