/// Strategic merge patch: a merge patch that knows, from the schema, which lists merge by a key, and that takes
/// directives (`$patch`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`, `$retainKeys`).
///
/// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
package enum StrategicMergePatch {
    /// `type` is the name of the target's message in the schema, such as `apps/v1 Deployment`.
    package static func apply(_ patch: JSON, to target: JSON, schema: SchemaTable, type: String) throws(PatchProblem)
        -> JSON
    {
        guard case .object(let changes) = patch else { throw .malformed("a strategic merge patch is an object") }
        return .object(
            try merge(changes, into: target.object ?? [:], Merging(schema: schema, message: schema.message(type))))
    }

    private struct Merging {
        let schema: SchemaTable
        /// Nil under maps and free-form values, where everything merges as in RFC 7396.
        let message: SchemaMessage?

        func field(_ name: String) -> SchemaField? { message?.field(name) }

        func inside(_ field: SchemaField?) -> Merging {
            Merging(schema: schema, message: field.flatMap { schema.message(of: $0.type.element) })
        }
    }

    private static let orderPrefix = "$setElementOrder/"
    private static let deletePrefix = "$deleteFromPrimitiveList/"

    private static func merge(
        _ changes: JSONObject, into target: JSONObject, _ merging: Merging
    ) throws(PatchProblem) -> JSONObject {
        switch changes["$patch"]?.string {
        case "replace":
            var replacement = changes
            replacement["$patch"] = nil
            return strip(replacement)
        case "delete": return [:]
        case nil, "merge": break
        case let other?: throw .malformed("unknown $patch directive \"\(other)\"")
        }
        var members = target
        if let kept = changes["$retainKeys"]?.array?.compactMap(\.string) {
            for key in members.keys where !kept.contains(key) { members[key] = nil }
        }
        for (key, change) in changes {
            if key == "$patch" || key == "$retainKeys" || key.hasPrefix(orderPrefix) { continue }
            if key.hasPrefix(deletePrefix) {
                let name = String(key.dropFirst(deletePrefix.count))
                let unwanted = change.array ?? []
                guard let items = members[name]?.array else { continue }
                members[name] = .array(items.filter { !unwanted.contains($0) })
                continue
            }
            members[key] = try value(change, over: members[key], key: key, order: changes[orderPrefix + key], merging)
        }
        // An order without a change to the list itself still puts the list in order.
        for (key, order) in changes where key.hasPrefix(orderPrefix) {
            let name = String(key.dropFirst(orderPrefix.count))
            guard changes[name] == nil, let items = members[name]?.array, let wanted = order.array else { continue }
            members[name] = .array(sort(items, before: items, by: wanted, key: merging.field(name)?.mergeKey))
        }
        return members
    }

    private static func value(
        _ change: JSON, over present: JSON?, key: String, order: JSON?, _ merging: Merging
    ) throws(PatchProblem) -> JSON? {
        switch change {
        case .null: return nil
        case .object(let nested):
            if nested["$patch"]?.string == "delete" { return nil }
            let field = merging.field(key)
            let result = try merge(nested, into: present?.object ?? [:], merging.inside(field))
            return .object(result)
        case .array(let items):
            guard let field = merging.field(key), field.isMergedList else {
                return .array(items.filter { $0["$patch"] == nil })
            }
            let before = present?.array ?? []
            let merged: [JSON]
            if let mergeKey = field.mergeKey {
                merged = try mergeList(items, into: before, key: mergeKey, merging.inside(field))
            } else {
                merged = items.filter { !before.contains($0) }.reduce(into: before) { list, item in list.append(item) }
            }
            guard let wanted = order?.array else {
                return .array(newFirst(merged, before: before, key: field.mergeKey))
            }
            return .array(sort(merged, before: before, by: wanted, key: field.mergeKey))
        default: return change
        }
    }

    private static func mergeList(
        _ changes: [JSON], into present: [JSON], key: String, _ merging: Merging
    ) throws(PatchProblem) -> [JSON] {
        if changes.contains(where: { $0["$patch"]?.string == "replace" }) {
            return changes.filter { !($0["$patch"]?.string == "replace" && $0.object?.count == 1) }.map { strip($0) }
        }
        var items = present
        for change in changes {
            guard case .object(let members) = change else {
                throw .malformed("an item of a list merged by \(key) is no object")
            }
            guard let identity = members[key] else {
                throw .malformed("an item of a list merged by \(key) has no \(key)")
            }
            let position = items.firstIndex { $0[key] == identity }
            if members["$patch"]?.string == "delete" {
                items.removeAll { $0[key] == identity }
            } else if let position {
                items[position] = .object(try merge(members, into: items[position].object ?? [:], merging))
            } else {
                items.append(.object(try merge(members, into: [:], merging)))
            }
        }
        return items
    }

    /// Items that the patch added stand before those it left alone, where no order is asked for.
    private static func newFirst(_ items: [JSON], before: [JSON], key: String?) -> [JSON] {
        guard let key else { return items }
        let known = before.compactMap { $0[key] }
        let added = items.filter { item in item[key].map { !known.contains($0) } ?? true }
        return added + items.filter { item in item[key].map { known.contains($0) } ?? false }
    }

    /// Items named in `wanted` take its order; the others keep their places relative to what stood around them.
    private static func sort(_ items: [JSON], before: [JSON], by wanted: [JSON], key: String?) -> [JSON] {
        func identity(_ item: JSON) -> JSON { key.flatMap { item[$0] } ?? item }
        let order = wanted.map(identity)
        var ranked = items.filter { order.contains(identity($0)) }
        ranked.sort { (order.firstIndex(of: identity($0)) ?? 0) < (order.firstIndex(of: identity($1)) ?? 0) }
        var out: [JSON] = []
        var next = 0
        let places = before.map(identity)
        for item in items where !order.contains(identity(item)) {
            let place = places.firstIndex(of: identity(item)) ?? places.count
            while next < ranked.count, let other = places.firstIndex(of: identity(ranked[next])), other < place {
                out.append(ranked[next])
                next += 1
            }
            out.append(item)
        }
        return out + ranked[next...]
    }

    /// A value that enters the object whole must not carry directives into it.
    private static func strip(_ value: JSON) -> JSON {
        switch value {
        case .object(let members): .object(strip(members))
        case .array(let items): .array(items.map { strip($0) })
        default: value
        }
    }

    private static func strip(_ members: JSONObject) -> JSONObject {
        JSONObject(
            members.filter { !$0.key.hasPrefix("$") && !$0.value.isNull }.map { ($0.key, strip($0.value)) })
    }
}
