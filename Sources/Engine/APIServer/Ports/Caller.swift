/// Who sends a request.
package struct Caller: Sendable, Equatable {
    package let user: String
    package let groups: [String]

    package init(user: String, groups: [String] = []) {
        self.user = user
        self.groups = groups
    }

    /// A request without credentials.
    package static let anonymous = Caller(user: "system:anonymous", groups: ["system:unauthenticated"])
    /// A part of this process.
    package static let inProcess = Caller(user: "system:estiba", groups: ["system:masters", "system:authenticated"])

    package var isAnonymous: Bool { user == "system:anonymous" }
}
