package import Kube
package import OCI

/// Where the node gets images from.
package protocol ImageSource: Sendable {
    /// Finds an image, fetching it where the policy asks for it.
    ///
    /// - Throws: any problem of the registry or store; `NodeProblem.imageAbsent` where the policy forbids fetching.
    func resolve(_ reference: String, policy: ImagePullPolicy) async throws -> NodeImage
}

/// When an image is fetched (core/v1 `imagePullPolicy`).
package enum ImagePullPolicy: String, Sendable {
    /// The reference is looked up each time; what is here already isn't fetched again.
    case always = "Always"
    case ifNotPresent = "IfNotPresent"
    case never = "Never"

    /// The policy of a container, or the one that its reference implies: Always for the tag `latest` or none.
    package init(of container: Container) {
        if let policy = container.imagePullPolicy.flatMap({ ImagePullPolicy(rawValue: $0) }) {
            self = policy
            return
        }
        let reference = container.image ?? ""
        let name = reference.split(separator: "/").last ?? ""
        self = !reference.contains("@") && (!name.contains(":") || name.hasSuffix(":latest")) ? .always : .ifNotPresent
    }
}

/// An image that is ready to run on this node.
package struct NodeImage: Sendable {
    /// Of the manifest: `sha256:…`.
    package var digest: Digest
    package var configuration: ImageConfiguration.Execution
    /// Directories with the unpacked layers, lowest first.
    package var layers: [String]
    /// Whether something had to be fetched for it.
    package var wasFetched: Bool

    package init(digest: Digest, configuration: ImageConfiguration.Execution, layers: [String], wasFetched: Bool) {
        self.digest = digest
        self.configuration = configuration
        self.layers = layers
        self.wasFetched = wasFetched
    }
}
