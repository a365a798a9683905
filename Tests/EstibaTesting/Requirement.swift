import Glibc

/// What a test may need from the machine. Use it as `.enabled(if: Requirement.root, "needs root")`.
package enum Requirement {
    package static var root: Bool { geteuid() == 0 }

    /// Whether all the programs are on the path.
    package static func programs(_ names: String...) -> Bool {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin:/usr/sbin:/sbin"
        let directories = path.split(separator: ":")
        return names.allSatisfy { name in directories.contains { access("\($0)/\(name)", X_OK) == 0 } }
    }
}
