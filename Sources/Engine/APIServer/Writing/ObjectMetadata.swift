import FoundationEssentials
import Kube

/// What the server itself writes into the metadata of objects.
enum ObjectMetadata {
    /// In the order in which people expect to read them.
    private static let order = [
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
        "managedFields",
    ]
    private static let written = ["generateName", "labels", "annotations", "ownerReferences", "finalizers"]
    private static let kept = [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "managedFields",
    ]

    /// The metadata of a new object: what its author may say, and what the server says.
    static func created(_ object: JSON, name: String, namespace: String?, countsGenerations: Bool, now: Date) -> JSON {
        let given = object["metadata"] ?? [:]
        var metadata = JSONObject()
        for key in order {
            switch key {
            case "name": metadata[key] = .string(name)
            case "namespace": metadata[key] = namespace.map { .string($0) }
            case "uid": metadata[key] = .string(UUID().uuidString.lowercased())
            case "resourceVersion": metadata[key] = ""
            case "generation":
                if countsGenerations { metadata[key] = 1 }
            case "creationTimestamp": metadata[key] = .string(Timestamp.text(now))
            case _ where written.contains(key): metadata[key] = meaningful(given[key])
            default: break
            }
        }
        return .object(metadata)
    }

    /// The metadata of a changed object: the author's part from `new`, the server's from `old`.
    static func changed(_ new: JSON, from old: JSON) -> JSON {
        let given = new["metadata"] ?? [:]
        let present = old["metadata"] ?? [:]
        var metadata = JSONObject()
        for key in order {
            if written.contains(key) {
                metadata[key] = meaningful(given[key])
            } else if kept.contains(key) {
                metadata[key] = present[key]
            }
        }
        return .object(metadata)
    }

    /// Empty maps and lists are as good as none.
    private static func meaningful(_ value: JSON?) -> JSON? {
        switch value {
        case .object(let members) where members.isEmpty: nil
        case .array(let items) where items.isEmpty: nil
        case .string(let text) where text.isEmpty: nil
        default: value
        }
    }

    /// Five characters that don't make words.
    static func randomSuffix() -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<5).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
