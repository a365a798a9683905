/// The name of an object among those of its kind; objects of the cluster have an empty namespace.
struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    let namespace: String
    let name: String

    var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}
