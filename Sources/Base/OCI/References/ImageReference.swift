/// The name of an image: `registry/repository:tag@digest`, with Docker's defaults where parts are left out.
///
/// `nginx` means `docker.io/library/nginx:latest`. The first component is a registry where it holds a dot, a colon
/// or upper-case letters, or is `localhost`.
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// Host and port, `docker.io` for Docker Hub.
    package let registry: String
    /// The path within the registry, for example `library/nginx`.
    package let repository: String
    package let tag: String?
    package let digest: Digest?

    package static let dockerHub = "docker.io"

    package init(_ text: String) throws(OCIProblem) {
        func refuse(_ why: String, _ next: String) -> OCIProblem { .reference(text, why: why, next: next) }
        guard !text.isEmpty else {
            throw refuse("it is empty", "Write a name such as web:1.2 or registry.example/web:1.2.")
        }
        if text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("docker://") {
            throw refuse("it begins with a URL scheme", "Leave out everything up to and including \"//\".")
        }
        var name = Substring(text)
        var digest: Digest?
        if let at = name.firstIndex(of: "@") {
            digest = try Digest(name[name.index(after: at)...])
            name = name[..<at]
        }
        var tag: String?
        let lastSlash = name.lastIndex(of: "/")
        if let colon = name.lastIndex(of: ":"), lastSlash.map({ $0 < colon }) ?? true {
            let text = String(name[name.index(after: colon)...])
            try Self.check(tag: text, in: refuse)
            tag = text
            name = name[..<colon]
        }
        var registry = Self.dockerHub
        var path = name
        if let slash = name.firstIndex(of: "/") {
            let first = name[..<slash]
            if first.contains(where: { $0 == "." || $0 == ":" || $0.isUppercase }) || first == "localhost" {
                registry = first == "index.docker.io" ? Self.dockerHub : String(first)
                path = name[name.index(after: slash)...]
                try Self.check(registry: first, in: refuse)
            }
        }
        if registry == Self.dockerHub && !path.contains("/") { path = "library/" + path }
        try Self.check(repository: path, in: refuse)
        self.registry = registry
        self.repository = String(path)
        self.tag = tag
        self.digest = digest
    }

    private init(registry: String, repository: String, tag: String?, digest: Digest?) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    /// What to ask the registry for: the digest, else the tag, else `latest`.
    package var selector: String { digest?.description ?? tagOrLatest }

    package var tagOrLatest: String { tag ?? "latest" }

    /// The full form with registry, and `:latest` where neither tag nor digest is given.
    package var description: String {
        var text = "\(registry)/\(repository)"
        if let tag { text += ":\(tag)" } else if digest == nil { text += ":latest" }
        if let digest { text += "@\(digest)" }
        return text
    }

    /// The form that people write: without Docker Hub's defaults.
    package var familiar: String {
        guard registry == Self.dockerHub else { return description }
        let name = description.dropFirst(registry.count + 1)
        return String(name.hasPrefix("library/") ? name.dropFirst(8) : name)
    }

    /// The same name pinned to a digest, keeping the tag for readers.
    package func pinned(to digest: Digest) -> ImageReference {
        ImageReference(registry: registry, repository: repository, tag: tag, digest: digest)
    }

    /// The same name with another tag and without a digest.
    package func tagged(_ tag: String) throws(OCIProblem) -> ImageReference {
        try Self.check(tag: tag) { .reference(tag, why: $0, next: $1) }
        return ImageReference(registry: registry, repository: repository, tag: tag, digest: nil)
    }
}

extension ImageReference: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
