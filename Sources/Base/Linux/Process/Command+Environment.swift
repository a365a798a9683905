import Glibc

extension Command {
    /// The environment that the program gets.
    func resolvedEnvironment() -> [String: String] {
        switch environment {
        case .exactly(let variables): return variables
        case .inherited(let changes):
            var variables = Command.processEnvironment()
            for (name, value) in changes { variables[name] = value }
            return variables
        }
    }

    /// This process's environment.
    package static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }

    /// The usual search path, for an environment that has none.
    package static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Finds a program: a path with a slash is taken as it is, a name is looked up in `path`.
    package static func locate(_ name: String, in path: String? = nil) -> String? {
        if name.utf8.contains(UInt8(ascii: "/")) { return name }
        for directory in (path ?? processEnvironment()["PATH"] ?? usualPath).split(separator: ":") {
            let candidate = "\(directory)/\(name)"
            var facts = stat()
            if stat(candidate, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
                return candidate
            }
        }
        return nil
    }
}
