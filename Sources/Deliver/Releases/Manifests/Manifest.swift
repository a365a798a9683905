package import Kube

/// One object of a release as its author wrote it, with the place where it stands.
package struct Manifest: Sendable, Equatable {
    package var tree: JSON
    /// As a path in the repository.
    package var file: String
    package var line: Int

    package init(tree: JSON, file: String, line: Int) {
        self.tree = tree
        self.file = file
        self.line = line
    }

    package var key: ObjectKey { ObjectKey(tree) }
}

/// What identifies an object inside one namespace: `Deployment/ships`.
package struct ObjectKey: Sendable, Hashable, Codable, CustomStringConvertible, Comparable {
    package var kind: String
    package var name: String

    package init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }

    package init(_ tree: JSON) {
        self.init(kind: tree["kind"]?.string ?? "", name: tree[path: "metadata", "name"]?.string ?? "")
    }

    package var description: String { "\(kind)/\(name)" }
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.kind, left.name) < (right.kind, right.name)
    }
}

extension [Manifest] {
    /// The manifests as one JSON text, for keeping with a release.
    package var archive: JSON {
        .array(map { ["file": .string($0.file), "line": .int(Int64($0.line)), "tree": $0.tree] })
    }

    /// Reads what `archive` made.
    package init(archive: JSON) throws(ReleasesProblem) {
        guard let items = archive.array else { throw ReleasesProblem.lost(what: "the manifests of the release") }
        self = items.compactMap { item in
            guard let tree = item["tree"], let file = item["file"]?.string, let line = item["line"]?.int else {
                return nil
            }
            return Manifest(tree: tree, file: file, line: line)
        }
    }
}
