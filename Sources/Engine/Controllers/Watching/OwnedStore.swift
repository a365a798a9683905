import Kube

/// What garbage collection knows of any object.
struct OwnedObject: Sendable {
    let resource: ResourceType
    let metadata: ObjectMeta

    var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name ?? "") }
    var uid: String { metadata.uid ?? "" }
}

/// A store of any kind, seen through its metadata.
protocol OwnedStore: Sendable {
    var resource: ResourceType { get }
    func metadata(_ key: ObjectKey) -> ObjectMeta?
    func dependents(of uid: String) -> [OwnedObject]
    func observeMetadata(_ observer: @escaping @Sendable (_ old: ObjectMeta?, _ new: ObjectMeta?) -> Void)
}

extension ObjectStore: OwnedStore {
    var resource: ResourceType { Kind.resource }

    func metadata(_ key: ObjectKey) -> ObjectMeta? { get(key)?.metadata }

    func dependents(of uid: String) -> [OwnedObject] {
        all().filter { $0.metadata.ownerReferences?.contains { $0.uid == uid } ?? false }
            .map { OwnedObject(resource: resource, metadata: $0.metadata) }
    }

    func observeMetadata(_ observer: @escaping @Sendable (ObjectMeta?, ObjectMeta?) -> Void) {
        observe { observer($0?.metadata, $1?.metadata) }
    }
}

/// Any kind reduced to its metadata, for kinds of which only the owners matter.
struct MetadataOnly<Base: KubeKind>: KubeKind {
    static var resource: ResourceType { Base.resource }
    var metadata: ObjectMeta
}
