import OCI

/// A base image that can be made from Debian's own packages where no registry is within reach.
struct KnownBase: Sendable {
    /// Repositories of Docker Hub and the tags that mean it.
    let repository: String
    let tags: [String]
    let suite: String
    let packages: [String]
    /// Shell commands for the finished tree, which is `$1`.
    var finish: [String] = []
    var environment: [String] = []
    var command: [String]

    static let all = [
        KnownBase(
            repository: "library/debian",
            tags: ["bookworm", "bookworm-slim", "12", "12-slim", "stable", "stable-slim"],
            suite: "bookworm", packages: ["ca-certificates"], command: ["bash"]),
        KnownBase(
            repository: "library/python",
            tags: ["3.11", "3.11-slim", "3.11-bookworm", "3.11-slim-bookworm"],
            suite: "bookworm", packages: ["ca-certificates", "python3", "python3-pip", "python3-venv"],
            finish: [
                // The image's Python belongs to the app: pip may install into it, and `python` is its name.
                "rm -f \"$1\"/usr/lib/python3.11/EXTERNALLY-MANAGED",
                "ln -sf python3 \"$1\"/usr/bin/python",
            ],
            environment: ["LANG=C.UTF-8", "PYTHON_VERSION=3.11"], command: ["python3"]),
    ]

    static func find(_ reference: ImageReference) -> KnownBase? {
        guard reference.registry == ImageReference.dockerHub, reference.digest == nil else { return nil }
        return all.first { $0.repository == reference.repository && $0.tags.contains(reference.tagOrLatest) }
    }

    /// The names under which it is known, for messages.
    static var names: String {
        all.map { base in "\(base.repository.replacing("library/", with: "")):\(base.tags[0])" }.joined(separator: ", ")
    }
}
