import PromQL

/// Joins a line's own labels with those of its target.
enum SeriesLabels {
    /// Where both have a label, the line's is renamed `exported_…`, unless the target honours it.
    static func join(_ pairs: SeriesText.Pairs, _ target: ScrapeTarget) -> LabelSet {
        var builder = LabelSetBuilder()
        for (name, value) in target.labels { builder.set(name, value) }
        for pair in pairs where !pair.value.isEmpty {
            if target.labels[pair.name] == nil || target.honorsLabels {
                builder.set(pair.name, pair.value)
            } else {
                var name = "exported_" + pair.name
                while target.labels[name] != nil || pairs.contains(where: { $0.name == name }) {
                    name = "exported_" + name
                }
                builder.set(name, pair.value)
            }
        }
        return builder.build()
    }
}
