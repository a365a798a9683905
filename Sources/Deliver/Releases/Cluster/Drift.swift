package import Kube

/// An object that is no longer as its release has it.
package struct Drift: Sendable, Hashable, Codable {
    package var object: ObjectKey
    /// `spec.replicas 1 instead of 4`, or `deleted`.
    package var changes: [String]
    /// The last field manager other than Estiba, such as `kubectl-edit`; nil where the object doesn't say.
    package var manager: String?
    /// When that manager last wrote, as the object says it.
    package var at: String?

    /// `Deployment/ships was changed by kubectl-edit at …: spec.replicas 1 instead of 4`
    package var summary: String {
        let who = manager.map { " by \($0)" } ?? " by hand"
        let when = at.map { " at \($0)" } ?? ""
        return changes == [Self.deleted]
            ? "\(object) was deleted" : "\(object) was changed\(who)\(when): \(changes.joined(separator: ", "))"
    }

    private static let deleted = "deleted"

    /// How live objects differ from what was applied last, in the order of `desired`. Pure.
    ///
    /// What was applied is read from the object itself, so that a new version of Estiba, which may render otherwise, is no drift.
    ///
    /// - Parameters:
    ///   - live: Without those that don't exist.
    ///   - own: Estiba's own field manager.
    package static func between(_ desired: [JSON], _ live: [ObjectKey: JSON], own: String) -> [Drift] {
        desired.compactMap { object in
            let key = ObjectKey(object)
            guard let present = live[key] else { return Drift(object: key, changes: [deleted]) }
            let applied = present[path: "metadata", "annotations", ApplyPlan.lastApplied]?.string
                .flatMap { try? JSON.parse($0) }
            guard var patch = ApplyPlan.patch(from: present, to: applied ?? object) else { return nil }
            patch[path: "metadata", "annotations", ApplyPlan.lastApplied] = nil
            var changes: [String] = []
            describe(patch, present, at: "", into: &changes)
            let last = lastWriter(of: present, besides: own)
            return changes.isEmpty
                ? nil : Drift(object: key, changes: changes, manager: last?.manager, at: last?.time)
        }
    }

    /// Each leaf of a merge patch with the value that is there.
    private static func describe(_ patch: JSON, _ present: JSON?, at path: String, into changes: inout [String]) {
        guard let members = patch.object, present?.object != nil else {
            changes.append(
                "\(path) \(present.map(brief) ?? "nothing") instead of \(patch.isNull ? "nothing" : brief(patch))")
            return
        }
        for (key, value) in members {
            describe(value, present?[key], at: path.isEmpty ? key : "\(path).\(key)", into: &changes)
        }
    }

    private static func brief(_ value: JSON) -> String {
        let text = value.string ?? value.text
        return text.count > 60 ? String(text.prefix(60)) + "…" : text
    }

    private static func lastWriter(of object: JSON, besides own: String) -> (manager: String, time: String)? {
        let entries = object[path: "metadata", "managedFields"]?.array ?? []
        return entries.compactMap { entry -> (manager: String, time: String)? in
            guard let manager = entry["manager"]?.string, manager != own, entry["subresource"]?.string != "status",
                let time = entry["time"]?.string
            else { return nil }
            return (manager, time)
        }.max { $0.time < $1.time }
    }
}
