/// What an image runs on (OCI image-spec v1.1, image-index.md § platform).
package struct Platform: Hashable, Sendable, Codable, CustomStringConvertible {
    package var architecture: String
    package var os: String
    package var osVersion: String?
    package var osFeatures: [String]?
    package var variant: String?

    enum CodingKeys: String, CodingKey {
        case architecture, os, variant
        case osVersion = "os.version"
        case osFeatures = "os.features"
    }

    package init(os: String = "linux", architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = Self.normal(architecture)
        self.variant = variant
    }

    /// Parses `os/architecture[/variant]`, or an architecture alone for Linux.
    package init(_ text: String) throws(OCIProblem) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { $0.lowercased() }
        guard (1...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { throw .platform(text) }
        switch parts.count {
        case 1: self.init(architecture: parts[0])
        case 2: self.init(os: parts[0], architecture: parts[1])
        default: self.init(os: parts[0], architecture: parts[1], variant: parts[2])
        }
    }

    /// The platform that this program was built for.
    package static var current: Platform {
        #if arch(x86_64)
            Platform(architecture: "amd64")
        #elseif arch(arm64)
            Platform(architecture: "arm64", variant: "v8")
        #elseif arch(arm)
            Platform(architecture: "arm", variant: "v7")
        #else
            Platform(architecture: "unknown")
        #endif
    }

    /// Whether an image for `self` runs on `host`. A missing variant on either side matches.
    package func runs(on host: Platform) -> Bool {
        guard os == host.os, Self.normal(architecture) == Self.normal(host.architecture) else { return false }
        guard let mine = variant, let its = host.variant else { return true }
        return mine == its
    }

    package var description: String { [os, architecture, variant].compactMap { $0 }.joined(separator: "/") }

    private static func normal(_ architecture: String) -> String {
        switch architecture {
        case "x86_64", "x86-64": "amd64"
        case "aarch64": "arm64"
        case "i386", "i686": "386"
        default: architecture
        }
    }
}
