import FoundationEssentials
import Kube

/// Who writes: the name that a client gives itself, and the part of the object.
struct FieldWriter: Sendable, Equatable {
    let manager: String
    let subresource: String?
    let now: Date

    init(_ request: ClusterRequest, subresource: String?, now: Date) {
        let agent = request.headers["user-agent"]?.split(separator: "/").first.map(String.init)
        let named = request.query("fieldManager") ?? ""
        manager = named.isEmpty ? agent ?? "unknown" : named
        self.subresource = subresource
        self.now = now
    }
}

/// `metadata.managedFields`: who owns which places of an object.
///
/// They are kept from the first server-side apply of an object on; before that nobody asks for them. The first apply
/// finds everything owned by `before-first-apply`.
struct ManagedFields: Sendable, Equatable {
    /// One owner.
    struct Entry: Sendable, Equatable {
        var manager: String
        var isApply: Bool
        var apiVersion: String
        var subresource: String?
        var time: String
        var fields: FieldSet

        /// As messages about conflicts name it.
        var label: String {
            if isApply { return "\"\(manager)\"" }
            return "\"\(manager)\"" + (subresource.map { " with subresource \"\($0)\"" } ?? "") + " using \(apiVersion)"
        }
    }

    var entries: [Entry]

    /// Nil where the object has none.
    init?(_ object: JSON) {
        guard let list = object[path: "metadata", "managedFields"]?.array, !list.isEmpty else { return nil }
        entries = list.map { entry in
            Entry(
                manager: entry["manager"]?.string ?? "", isApply: entry["operation"] == "Apply",
                apiVersion: entry["apiVersion"]?.string ?? "", subresource: entry["subresource"]?.string,
                time: entry["time"]?.string ?? "", fields: FieldSet(fieldsV1: entry["fieldsV1"] ?? [:]))
        }
    }

    init(entries: [Entry]) { self.entries = entries }

    /// Appliers first.
    var json: JSON {
        let ordered =
            entries.filter { $0.isApply && !$0.fields.isEmpty } + entries.filter { !$0.isApply && !$0.fields.isEmpty }
        return .array(
            ordered.map { entry in
                var tree: JSON = [
                    "manager": .string(entry.manager), "operation": entry.isApply ? "Apply" : "Update",
                    "apiVersion": .string(entry.apiVersion), "time": .string(entry.time), "fieldsType": "FieldsV1",
                    "fieldsV1": entry.fields.fieldsV1,
                ]
                if let subresource = entry.subresource { tree["subresource"] = .string(subresource) }
                return tree
            })
    }

    /// Hands the places that a write changed to its writer, and forgets those that are gone.
    mutating func update(changed: FieldSet, removed: FieldSet, by writer: FieldWriter, apiVersion: String) {
        for index in entries.indices {
            entries[index].fields = entries[index].fields.subtracting(removed).subtracting(changed)
        }
        if changed.isEmpty { return }
        let mine = entries.firstIndex {
            !$0.isApply && $0.manager == writer.manager && $0.subresource == writer.subresource
                && $0.apiVersion == apiVersion
        }
        let time = Timestamp.text(writer.now)
        if let mine {
            entries[mine].fields = entries[mine].fields.union(changed)
            entries[mine].time = time
        } else {
            entries.append(
                Entry(
                    manager: writer.manager, isApply: false, apiVersion: apiVersion, subresource: writer.subresource,
                    time: time, fields: changed))
        }
    }
}

extension FieldStructure {
    /// What nobody owns: the object's identity, and what the server writes.
    private static let unowned = FieldSet(
        fieldsV1: [
            "f:apiVersion": [:], "f:kind": [:],
            "f:metadata": [
                "f:name": [:], "f:namespace": [:], "f:uid": [:], "f:resourceVersion": [:], "f:generation": [:],
                "f:creationTimestamp": [:], "f:deletionTimestamp": [:], "f:deletionGracePeriodSeconds": [:],
                "f:managedFields": [:], "f:generateName": [:], "f:selfLink": [:],
            ],
        ])

    /// The places of an object that can have owners.
    func ownedPlaces(_ object: JSON) -> FieldSet {
        var object = object
        object[path: "metadata", "managedFields"] = nil
        var set = places(object).subtracting(Self.unowned)
        if set.children["f:metadata"]?.children.isEmpty ?? false { set.children["f:metadata"] = nil }
        return set
    }

    /// The places whose values differ between two objects, and those that only the first has.
    func changes(from old: JSON, to new: JSON) -> (changed: FieldSet, removed: FieldSet) {
        let before = ownedPlaces(old)
        let after = ownedPlaces(new)
        var changed = FieldSet()
        for path in after.members() where value(at: path[...], in: old) != value(at: path[...], in: new) {
            changed.insert(path[...])
        }
        return (changed, before.subtracting(after))
    }
}
