import Kube

/// How a value is divided into places that can have owners of their own.
struct FieldStructure: Sendable {
    private let schema: SchemaTable
    private let shape: Shape

    private enum Shape: Sendable {
        /// Owned as a whole.
        case atom
        case message(SchemaMessage)
        case map(SchemaType)
        case keyed(SchemaType, [String])
        case set
    }

    /// References and selectors mean something only as a whole.
    private static let atomicMessages: Set<String> = [
        "meta.LabelSelector", "core.LocalObjectReference", "core.ObjectReference", "core.TypedLocalObjectReference",
        "core.SecretKeySelector", "core.ConfigMapKeySelector", "core.ObjectFieldSelector", "core.ResourceFieldSelector",
        "core.FileKeySelector", "core.SecretReference", "core.NodeSelector", "core.NodeSelectorTerm",
    ]

    init(schema: SchemaTable, message: String) {
        self.schema = schema
        shape = schema.message(message).map { .message($0) } ?? .atom
    }

    private init(schema: SchemaTable, type: SchemaType, field: SchemaField?) {
        self.schema = schema
        if field?.isAtomic == true {
            shape = .atom
            return
        }
        switch type {
        case .message(let name) where !Self.atomicMessages.contains(name):
            shape = schema.message(name).map { .message($0) } ?? .atom
        case .map(let item): shape = .map(item)
        case .list(let item):
            if let field, !field.listKeys.isEmpty {
                shape = .keyed(item, field.listKeys)
            } else {
                shape = field?.isSet == true ? .set : .atom
            }
        default: shape = .atom
        }
    }

    private func inside(_ key: String) -> FieldStructure {
        switch shape {
        case .message(let message):
            guard let field = message.field(key) else { return FieldStructure(schema: schema, type: .raw, field: nil) }
            return FieldStructure(schema: schema, type: field.type, field: field)
        case .map(let item): return FieldStructure(schema: schema, type: item, field: nil)
        default: return FieldStructure(schema: schema, type: .raw, field: nil)
        }
    }

    private static func step(_ item: JSON, keys: [String]) -> String {
        var identity = JSONObject()
        for key in keys.sorted() {
            identity[key] = item[key]
            // The only key that has a default.
            if key == "protocol", item[key] == nil { identity[key] = "TCP" }
        }
        return "k:" + JSON.object(identity).text
    }

    // MARK: Places

    /// Every place that has a value.
    func places(_ value: JSON) -> FieldSet {
        var set = FieldSet()
        switch (shape, value) {
        case (.message, .object(let members)), (.map, .object(let members)):
            for (key, child) in members { set.children["f:" + key] = inside(key).places(child) }
        case (.keyed(let item, let keys), .array(let items)):
            for child in items {
                var place = FieldStructure(schema: schema, type: item, field: nil).places(child)
                place.isMember = true
                set.children[Self.step(child, keys: keys)] = place
            }
        case (.set, .array(let items)):
            for child in items { set.children["v:" + child.text] = .member }
        default: return .member
        }
        if set.children.isEmpty { set.isMember = true }
        return set
    }

    /// The value at a place, nil where there is none. An item of a keyed list that is itself asked for is `true`.
    func value(at path: ArraySlice<String>, in tree: JSON) -> JSON? {
        guard let step = path.first else { return tree }
        switch shape {
        case .message, .map:
            let key = String(step.dropFirst(2))
            return tree[key].flatMap { inside(key).value(at: path.dropFirst(), in: $0) }
        case .keyed(let item, let keys):
            guard let found = tree.array?.first(where: { Self.step($0, keys: keys) == step }) else { return nil }
            if path.count == 1 { return true }
            return FieldStructure(schema: schema, type: item, field: nil).value(at: path.dropFirst(), in: found)
        case .set: return tree.array?.first { "v:" + $0.text == step }
        case .atom: return nil
        }
    }

    /// Whether what stands at a place is divided further.
    func isGranular(_ path: ArraySlice<String>) -> Bool {
        guard let step = path.first else {
            if case .atom = shape { return false }
            return true
        }
        switch shape {
        case .message, .map: return inside(String(step.dropFirst(2))).isGranular(path.dropFirst())
        case .keyed(let item, _):
            return FieldStructure(schema: schema, type: item, field: nil).isGranular(path.dropFirst())
        case .set, .atom: return false
        }
    }

    // MARK: Changing

    /// `live` with what `wanted` says; lists and maps that aren't atomic keep what it doesn't mention.
    func merge(_ wanted: JSON, into live: JSON?) -> JSON {
        guard let live else { return wanted }
        switch (shape, wanted, live) {
        case (.message, .object(let changes), .object(var members)), (.map, .object(let changes), .object(var members)):
            for (key, change) in changes { members[key] = inside(key).merge(change, into: members[key]) }
            return .object(members)
        case (.keyed(let item, let keys), .array(let changes), .array(var items)):
            let structure = FieldStructure(schema: schema, type: item, field: nil)
            for change in changes {
                let step = Self.step(change, keys: keys)
                if let index = items.firstIndex(where: { Self.step($0, keys: keys) == step }) {
                    items[index] = structure.merge(change, into: items[index])
                } else {
                    items.append(change)
                }
            }
            return .array(items)
        case (.set, .array(let changes), .array(let items)):
            return .array(items + changes.filter { !items.contains($0) })
        default: return wanted
        }
    }

    /// `tree` without a place; what stands around it is left.
    func remove(_ path: ArraySlice<String>, from tree: JSON) -> JSON {
        guard let step = path.first else { return tree }
        let rest = path.dropFirst()
        switch (shape, tree) {
        case (.message, .object(var members)), (.map, .object(var members)):
            let key = String(step.dropFirst(2))
            guard let child = members[key] else { return tree }
            if rest.isEmpty {
                members.removeValue(forKey: key)
            } else {
                members[key] = inside(key).remove(rest, from: child)
            }
            return .object(members)
        case (.keyed(let item, let keys), .array(var items)):
            guard let index = items.firstIndex(where: { Self.step($0, keys: keys) == step }) else { return tree }
            if rest.isEmpty {
                items.remove(at: index)
            } else {
                items[index] = FieldStructure(schema: schema, type: item, field: nil).remove(rest, from: items[index])
            }
            return .array(items)
        case (.set, .array(let items)): return .array(items.filter { "v:" + $0.text != step })
        default: return tree
        }
    }
}
