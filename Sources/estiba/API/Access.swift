import Foundation
import Identity
import Problems

/// Who may do what. Nobody may do anything that changes something, unless the configuration or the admin token says so.
struct Access: Sendable {
    /// Something that changes the world.
    enum Operation: String, Sendable, CaseIterable {
        case approve, deploy, promote, rollback, silence, administer
    }

    static let admin = "admin"

    private let adminToken: AccessToken
    private let users: [String: ServerConfig.User]
    private let tokens: [String: AccessToken]

    /// `tokens`: user's name → token, for the users of the configuration.
    init(adminToken: AccessToken, users: [String: ServerConfig.User], tokens: [String: AccessToken]) {
        self.adminToken = adminToken
        self.users = users
        self.tokens = tokens
    }

    /// Opens the tokens in the identity folder, making those of users that have none yet.
    static func open(_ directory: DataDirectory, users: [String: ServerConfig.User]) throws -> Access {
        var tokens: [String: AccessToken] = [:]
        for name in users.keys { tokens[name] = try AccessToken.open(path: "\(directory.identity)/\(name).token") }
        return Access(adminToken: try AccessToken.open(path: directory.adminToken), users: users, tokens: tokens)
    }

    /// The user that a token stands for.
    func user(token: String) -> String? {
        if adminToken.matches(token) { return Self.admin }
        return tokens.first { $0.value.matches(token) }?.key
    }

    /// The user that a Slack member speaks for.
    func user(slack member: String) -> String? { users.first { $0.value.slack == member }?.key }

    /// What the user is besides the name: the operations that are allowed, by which approvers may be named.
    func roles(of user: String) -> Set<String> {
        user == Self.admin ? Set(Operation.allCases.map(\.rawValue) + ["ops"]) : Set(users[user]?.may ?? [])
    }

    func may(_ user: String?, _ operation: Operation) -> Bool {
        guard let user else { return false }
        return user == Self.admin || users[user]?.may.contains(operation.rawValue) == true
    }

    /// The user's name, if the user is known and may.
    ///
    /// - Throws: `AccessProblem`
    func require(_ operation: Operation, of user: String?) throws -> String {
        guard let user else { throw AccessProblem.unknownCaller(operation) }
        guard may(user, operation) else { throw AccessProblem.notAllowed(user: user, operation) }
        return user
    }
}

/// Why a caller is turned away.
enum AccessProblem: Problem {
    case unknownCaller(Access.Operation)
    case notAllowed(user: String, Access.Operation)

    var code: String {
        switch self {
        case .unknownCaller: "access.unknown"
        case .notAllowed: "access.denied"
        }
    }

    var summary: String {
        switch self {
        case .unknownCaller(let operation): "\"\(operation.rawValue)\" needs to know who asks"
        case .notAllowed(let user, let operation): "\(user) may not \(operation.rawValue)"
        }
    }

    var remedy: String? {
        switch self {
        case .unknownCaller:
            "Send a token (\"Authorization: Bearer …\"), or open the page that \"estiba login\" prints."
        case .notAllowed(let user, let operation):
            "Add \"\(operation.rawValue)\" to users.\(user).may in the server's configuration."
        }
    }

    var category: ProblemCategory {
        switch self {
        case .unknownCaller: .unauthenticated
        case .notAllowed: .denied
        }
    }
}
