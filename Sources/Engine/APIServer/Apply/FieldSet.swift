import Kube

/// A set of places in an object, as `managedFields` write them (FieldsV1): `f:name` for a field, `k:{…}` for an item of
/// a list by its keys, `v:…` for a value of a set.
///
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/
struct FieldSet: Sendable, Equatable {
    /// Whether the place itself belongs to the set, not only places inside it.
    var isMember = false
    var children: [String: FieldSet] = [:]

    var isEmpty: Bool { !isMember && children.isEmpty }

    static let member = FieldSet(isMember: true)

    // MARK: Algebra

    func union(_ other: FieldSet) -> FieldSet {
        var all = self
        all.isMember = isMember || other.isMember
        for (step, child) in other.children { all.children[step] = (all.children[step] ?? FieldSet()).union(child) }
        return all
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        var rest = self
        if other.isMember { rest.isMember = false }
        for (step, child) in other.children {
            guard let mine = rest.children[step] else { continue }
            let left = mine.subtracting(child)
            rest.children[step] = left.isEmpty ? nil : left
        }
        return rest
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var common = FieldSet(isMember: isMember && other.isMember)
        for (step, child) in children {
            guard let its = other.children[step] else { continue }
            let both = child.intersection(its)
            if !both.isEmpty { common.children[step] = both }
        }
        return common
    }

    /// The steps to every member, in order.
    func members(from path: [String] = []) -> [[String]] {
        (isMember ? [path] : [])
            + children.sorted { $0.key < $1.key }.flatMap { $0.value.members(from: path + [$0.key]) }
    }

    func contains(_ path: ArraySlice<String>) -> Bool {
        guard let step = path.first else { return isMember }
        return children[step]?.contains(path.dropFirst()) ?? false
    }

    /// Whether the place or anything inside it belongs to the set.
    func touches(_ path: ArraySlice<String>) -> Bool {
        guard let step = path.first else { return !isEmpty }
        return children[step]?.touches(path.dropFirst()) ?? false
    }

    mutating func insert(_ path: ArraySlice<String>) {
        guard let step = path.first else {
            isMember = true
            return
        }
        children[step, default: FieldSet()].insert(path.dropFirst())
    }

    // MARK: FieldsV1

    init(isMember: Bool = false) { self.isMember = isMember }

    init(fieldsV1 tree: JSON) {
        for (step, child) in tree.object ?? [:] {
            if step == "." {
                isMember = true
            } else {
                var set = FieldSet(fieldsV1: child)
                if set.isEmpty { set.isMember = true }
                children[step] = set
            }
        }
    }

    /// A place without children is a member by being there; one with children says so with `.`.
    var fieldsV1: JSON {
        if children.isEmpty { return [:] }
        var tree = JSONObject()
        if isMember { tree["."] = [:] }
        for (step, child) in children.sorted(by: { $0.key < $1.key }) { tree[step] = child.fieldsV1 }
        return .object(tree)
    }
}
