import FoundationEssentials
import Kube

/// Server-side apply as a decision: what becomes of an object when a manager says what it wants of it.
struct ServerSideApply {
    let structure: FieldStructure
    let manager: String
    let apiVersion: String
    let isForced: Bool
    let now: Date

    /// A place that someone else owns and holds at another value.
    struct Conflict: Equatable {
        let owner: String
        let field: String
    }

    /// What stands in the way of an apply.
    struct Refusal: Error {
        let conflicts: [Conflict]
    }

    /// The object that results, with its owners.
    ///
    /// - Parameter live: The object as it is; nil where there is none yet.
    func apply(_ wanted: JSON, to live: JSON?) throws(Refusal) -> JSON {
        let mine = structure.ownedPlaces(wanted)
        guard let live else { return owned(wanted, by: [entry(mine)]) }
        var entries = (ManagedFields(live) ?? adopted(live)).entries
        let own = entries.firstIndex { $0.isApply && $0.manager == manager && $0.subresource == nil }
        let previous = own.map { entries[$0].fields } ?? FieldSet()
        var conflicts: [Conflict] = []
        for index in entries.indices where index != own {
            let contested = contested(mine, entries[index].fields, wanted, live)
            if contested.isEmpty { continue }
            if isForced {
                entries[index].fields = entries[index].fields.subtracting(contested)
            } else {
                let label = entries[index].label
                conflicts += contested.members().map { Conflict(owner: label, field: FieldPath.text($0)) }
            }
        }
        if !conflicts.isEmpty { throw Refusal(conflicts: conflicts) }
        let others = entries.indices.filter { $0 != own }.reduce(FieldSet()) { $0.union(entries[$1].fields) }
        let result = prune(
            structure.merge(wanted, into: live), dropped: previous.subtracting(mine), keeping: others.union(mine))
        if let own {
            if entries[own].fields != mine { entries[own] = entry(mine) }
        } else {
            entries.append(entry(mine))
        }
        return owned(result, by: entries)
    }

    private func entry(_ fields: FieldSet) -> ManagedFields.Entry {
        ManagedFields.Entry(
            manager: manager, isApply: true, apiVersion: apiVersion, subresource: nil, time: Timestamp.text(now),
            fields: fields)
    }

    /// An object that was never applied belongs, as it is, to its past.
    private func adopted(_ live: JSON) -> ManagedFields {
        ManagedFields(entries: [
            ManagedFields.Entry(
                manager: "before-first-apply", isApply: false, apiVersion: apiVersion, subresource: nil,
                time: Timestamp.text(now), fields: structure.ownedPlaces(live))
        ])
    }

    private func owned(_ object: JSON, by entries: [ManagedFields.Entry]) -> JSON {
        var object = object
        object[path: "metadata", "managedFields"] = ManagedFields(entries: entries).json
        return object
    }

    private func contested(_ mine: FieldSet, _ theirs: FieldSet, _ wanted: JSON, _ live: JSON) -> FieldSet {
        var set = FieldSet()
        for path in mine.intersection(theirs).members() {
            // Maps and structs that are owned as such are shared: only what stands in them can be contested.
            guard !structure.isGranular(path[...]), let present = structure.value(at: path[...], in: live) else {
                continue
            }
            if structure.value(at: path[...], in: wanted) != present { set.insert(path[...]) }
        }
        return set
    }

    /// Takes out what the manager no longer wants and nobody else does; whole items before what is in them.
    private func prune(_ object: JSON, dropped: FieldSet, keeping kept: FieldSet) -> JSON {
        var object = object
        for path in dropped.members() where !kept.touches(path[...]) {
            object = structure.remove(path[...], from: object)
            // What was made only to hold it goes with it.
            var parent = path.dropLast()
            while parent.count > 1, !kept.touches(parent[...]), let left = structure.value(at: parent[...], in: object),
                left == .emptyObject || left == .array([])
            {
                object = structure.remove(parent[...], from: object)
                parent = parent.dropLast()
            }
        }
        return object
    }
}

/// Paths as messages write them: `.spec.containers[name="web"].image`.
enum FieldPath {
    static func text(_ path: [String]) -> String {
        path.map { step in
            let rest = String(step.dropFirst(2))
            switch step.prefix(2) {
            case "k:":
                let keys = (try? JSON.parse(rest))?.object ?? [:]
                return "[" + keys.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",") + "]"
            case "v:": return "[=\(rest)]"
            default: return "." + rest
            }
        }.joined()
    }
}

extension ServerSideApply.Refusal {
    /// The conflict in the words of the API.
    var problem: StatusProblem {
        var byOwner: [(owner: String, fields: [String])] = []
        for conflict in conflicts {
            if let index = byOwner.firstIndex(where: { $0.owner == conflict.owner }) {
                byOwner[index].fields.append(conflict.field)
            } else {
                byOwner.append((conflict.owner, [conflict.field]))
            }
        }
        let parts = byOwner.map { owner, fields in
            fields.count == 1
                ? "conflict with \(owner): \(fields[0])"
                : "conflicts with \(owner):\n" + fields.map { "- \($0)" }.joined(separator: "\n")
        }
        let count = conflicts.count == 1 ? "1 conflict" : "\(conflicts.count) conflicts"
        let causes = conflicts.map { conflict -> JSON in
            [
                "reason": "FieldManagerConflict", "message": .string("conflict with \(conflict.owner)"),
                "field": .string(conflict.field),
            ]
        }
        return StatusProblem(
            409, "Conflict", "Apply failed with \(count): \(parts.joined(separator: "\n"))",
            details: ["causes": .array(causes)])
    }
}
