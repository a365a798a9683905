package import Linux

/// A pod's place in the network.
package struct PodAttachment: Sendable, Equatable {
    /// The namespaces that its containers join.
    package let namespaces: PinnedNamespaces
    package let address: IPv4Address
    /// The host's end of the virtual cable.
    package let link: String
}
