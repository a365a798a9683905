package import Problems

/// What goes wrong with keys, certificates and tokens.
package enum IdentityProblem: Problem {
    case unreadable(path: String, cause: any Error)
    case unreadableSecrets(path: String, cause: any Error)
    case io(path: String, cause: any Error)
    case unknownSecret(name: String)
    case wrongKey(path: String)

    package var code: String {
        switch self {
        case .unreadable: "identity.unreadable"
        case .unreadableSecrets: "identity.secrets-unreadable"
        case .io: "identity.io"
        case .unknownSecret: "identity.secret-unknown"
        case .wrongKey: "identity.wrong-key"
        }
    }

    package var summary: String {
        switch self {
        case .unreadable(let path, _): "the keys in \(path) can't be read"
        case .unreadableSecrets(let path, _): "\(path) is there, but can't be read"
        case .io(let path, _): "can't write \(path)"
        case .unknownSecret(let name): "there is no secret \"\(name)\""
        case .wrongKey(let path): "the secrets in \(path) can't be opened with this data directory's key"
        }
    }

    package var remedy: String? {
        switch self {
        case .unreadable:
            "Restore the directory from a backup, or remove it to make a new authority (clients need the new kubeconfig)."
        case .unreadableSecrets: "Check who may read it; nothing is changed meanwhile."
        case .io: "Check the permissions and the free space of the data directory."
        case .unknownSecret(let name): "Set it with \"estiba secret set \(name)\"."
        case .wrongKey: "Restore secrets.key and secrets.sealed from the same backup."
        }
    }

    package var category: ProblemCategory {
        if case .unknownSecret = self { .notFound } else { .failed }
    }

    package var cause: (any Error)? {
        switch self {
        case .unreadable(_, let cause), .unreadableSecrets(_, let cause), .io(_, let cause): cause
        default: nil
        }
    }
}
