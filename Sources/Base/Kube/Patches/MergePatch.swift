/// JSON merge patch (RFC 7396).
package enum MergePatch {
    /// `target` with `patch` merged in: objects merge key by key, null removes a key, anything else replaces.
    package static func apply(_ patch: JSON, to target: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var members: JSONObject
        if case .object(let present) = target { members = present } else { members = [:] }
        for (key, change) in changes {
            if change.isNull {
                members.removeValue(forKey: key)
            } else {
                members[key] = apply(change, to: members[key] ?? .null)
            }
        }
        return .object(members)
    }

    /// The merge patch that turns `old` into `new`; an empty object where they are equal.
    package static func difference(from old: JSON, to new: JSON) -> JSON {
        guard case .object(let before) = old, case .object(let after) = new else { return new }
        var changes = JSONObject()
        for (key, value) in after {
            guard let present = before[key] else {
                changes[key] = value
                continue
            }
            if present == value { continue }
            changes[key] = difference(from: present, to: value)
        }
        for (key, _) in before where after[key] == nil { changes[key] = .null }
        return .object(changes)
    }
}
