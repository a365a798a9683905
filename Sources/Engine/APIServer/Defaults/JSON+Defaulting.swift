import Kube

extension JSON {
    /// Sets a member that is absent.
    mutating func fill(_ key: String, _ value: JSON) {
        if self[key] == nil { self[key] = value }
    }

    /// Changes the object under a key, if there is one.
    mutating func update(_ key: String, _ body: (inout JSON) -> Void) {
        guard var child = self[key], child.object != nil else { return }
        body(&child)
        self[key] = child
    }

    /// Changes each item of the array under a key, if there is one.
    mutating func updateEach(_ key: String, _ body: (inout JSON) -> Void) {
        guard case .array(var items)? = self[key] else { return }
        for index in items.indices { body(&items[index]) }
        self[key] = .array(items)
    }

    /// Without the members that are null, at any depth.
    var withoutNulls: JSON {
        switch self {
        case .array(let items): .array(items.map(\.withoutNulls))
        case .object(let members):
            .object(JSONObject(members.filter { !$0.value.isNull }.map { ($0.key, $0.value.withoutNulls) }))
        default: self
        }
    }
}
