/// One thing that Estiba needs from a machine, and whether it has it.
package struct MachineFinding: Sendable, Equatable {
    package enum State: String, Sendable {
        case ok
        /// Something works less well, or a choice less is there.
        case degraded
        /// Something that is needed doesn't work.
        case missing
    }

    package let name: String
    /// What Estiba needs it for, in a few words.
    package internal(set) var purpose = ""
    package let state: State
    /// What was found, in a few words.
    package let detail: String
    /// What to do about it, when something can be done.
    package let remedy: String?

    package init(_ name: String, _ state: State, _ detail: String, remedy: String? = nil) {
        self.name = name
        self.state = state
        self.detail = detail
        self.remedy = remedy
    }
}
