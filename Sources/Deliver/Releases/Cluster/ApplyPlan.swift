package import Kube

/// What has to be sent so that an object becomes as desired. Pure.
package enum ApplyPlan {
    /// Keeps what was applied last, so that a field which is dropped from a manifest is dropped from the object.
    package static let lastApplied = "estiba.dev/last-applied"

    /// The object as it is to be created.
    package static func creation(_ desired: JSON) -> JSON {
        var object = desired
        object[path: "metadata", "annotations", lastApplied] = .string(desired.canonical.text)
        return object
    }

    /// The merge patch (RFC 7396) from the live object to the desired one; nil where there is nothing to change.
    /// Fields that others have set, such as defaults and status, are left alone.
    package static func patch(from live: JSON, to desired: JSON) -> JSON? {
        let earlier = live[path: "metadata", "annotations", lastApplied]?.string.flatMap { try? JSON.parse($0) }
        guard var patch = difference(live, desired, earlier) else { return nil }
        // A server that has filled in how to roll refuses it beside "Recreate".
        if patch[path: "spec", "strategy", "type"] == "Recreate", live[path: "spec", "strategy", "rollingUpdate"] != nil
        {
            patch[path: "spec", "strategy", "rollingUpdate"] = .null
        }
        patch[path: "metadata", "annotations", lastApplied] = .string(desired.canonical.text)
        return patch
    }

    private static func difference(_ live: JSON, _ desired: JSON, _ earlier: JSON?) -> JSON? {
        guard let wanted = desired.object, let present = live.object else {
            if covers(live, desired) { return nil }
            return desired
        }
        var patch = JSONObject()
        for (key, value) in wanted {
            if value.isNull || (present[key] == nil && isEmpty(value)) { continue }
            guard let current = present[key] else {
                patch[key] = value
                continue
            }
            if let inner = difference(current, value, earlier?[key]) { patch[key] = inner }
        }
        for (key, _) in earlier?.object ?? [:] where wanted[key] == nil && present[key] != nil { patch[key] = .null }
        if patch.isEmpty { return nil }
        return .object(patch)
    }

    /// Whether `live` holds everything that `desired` says. Lists must agree item by item.
    private static func covers(_ live: JSON, _ desired: JSON) -> Bool {
        switch (live, desired) {
        case (.object(let present), .object(let wanted)):
            wanted.allSatisfy { member in
                member.value.isNull || present[member.key].map { covers($0, member.value) } ?? isEmpty(member.value)
            }
        case (.array(let present), .array(let wanted)):
            present.count == wanted.count && zip(present, wanted).allSatisfy { covers($0, $1) }
        case (.int(let number), .double(let other)): Double(number) == other
        case (.double(let number), .int(let other)): number == Double(other)
        default: live == desired
        }
    }

    /// A server may leave out an empty list. An empty mapping or text it keeps where it means something, as in
    /// `emptyDir: {}`.
    private static func isEmpty(_ value: JSON) -> Bool { value.array?.isEmpty ?? false }
}
