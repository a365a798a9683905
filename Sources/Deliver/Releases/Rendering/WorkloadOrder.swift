package import Kube
import Problems

/// In which order the workloads of a release change: those that others come after, first. Pure.
package enum WorkloadOrder {
    /// Annotation of a workload: names of workloads, separated by commas, that must serve before it changes.
    package static let after = "estiba.dev/after"

    /// Waves of workloads; each begins once the one before it is ready.
    ///
    /// - Throws: `PlainProblem` where a name is none of a workload, or workloads wait for each other.
    package static func waves(_ objects: [JSON]) throws -> [[ObjectKey]] {
        var needs: [ObjectKey: Set<String>] = [:]
        for object in objects where KnownKinds.entry(kind: ObjectKey(object).kind)?.stage == .workload {
            let text = object[path: "metadata", "annotations", after]?.string ?? ""
            needs[ObjectKey(object)] = Set(
                text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init))
        }
        let names = needs.keys.map(\.name).sorted()
        for (key, wanted) in needs.sorted(by: { $0.key < $1.key }) {
            guard let unknown = wanted.sorted().first(where: { !names.contains($0) }) else { continue }
            throw PlainProblem(
                "releases.order.unknown", "\(key) comes after \"\(unknown)\", which is not a workload of this release",
                remedy: Suggestion.remedy(for: unknown, in: names), category: .invalid)
        }
        var waves: [[ObjectKey]] = []
        var done: Set<String> = []
        while !needs.isEmpty {
            let wave = needs.filter { done.isSuperset(of: $0.value) }.keys.sorted()
            guard !wave.isEmpty else {
                throw PlainProblem(
                    "releases.order.circle",
                    "these workloads wait for each other: \(needs.keys.map(\.description).sorted().joined(separator: ", "))",
                    remedy: "Remove one of their annotations \"\(after)\".", category: .invalid)
            }
            for key in wave { needs[key] = nil }
            done.formUnion(wave.map(\.name))
            waves.append(wave)
        }
        return waves
    }
}
