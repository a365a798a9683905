/// A histogram made of cumulative buckets, each a series with an upper bound in `le`.
struct ClassicHistogram {
    struct Bucket {
        var upperBound: Double
        var count: Double
    }

    private(set) var buckets: [Bucket]
    /// Counts had to be raised because a higher bucket held less than a lower one.
    private(set) var wasForced = false
    private let isComplete: Bool

    /// Sorts the buckets and joins those with the same bound.
    init(_ unsorted: [Bucket]) {
        buckets = []
        for bucket in unsorted.sorted(by: { $0.upperBound < $1.upperBound }) {
            if let last = buckets.last, last.upperBound == bucket.upperBound {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
        isComplete = buckets.last?.upperBound == .infinity
    }

    /// The φ-quantile, assuming that observations are spread evenly inside a bucket.
    /// https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    mutating func quantile(_ rank: Double) -> Double {
        if rank.isNaN { return .nan }
        if rank < 0 { return -.infinity }
        if rank > 1 { return .infinity }
        guard isComplete else { return .nan }
        forceMonotonicity()
        guard buckets.count >= 2 else { return .nan }
        let observations = buckets[buckets.count - 1].count
        if observations == 0 { return .nan }
        var position = rank * observations
        let index = buckets.dropLast().firstIndex { $0.count >= position } ?? buckets.count - 1
        if index == buckets.count - 1 { return buckets[buckets.count - 2].upperBound }
        if index == 0 && buckets[0].upperBound <= 0 { return buckets[0].upperBound }
        var start = 0.0
        var count = buckets[index].count
        if index > 0 {
            start = buckets[index - 1].upperBound
            count -= buckets[index - 1].count
            position -= buckets[index - 1].count
        }
        return start + (buckets[index].upperBound - start) * (position / count)
    }

    /// The share of observations between two values.
    func fraction(from lower: Double, to upper: Double) -> Double {
        guard isComplete, let count = buckets.last?.count, count != 0, !lower.isNaN, !upper.isNaN else { return .nan }
        if lower >= upper { return 0 }
        return (min(count, cumulative(upper) ?? count) - min(count, cumulative(lower) ?? count)) / count
    }

    /// How many observations are at most `value`; nil above the last bucket.
    private func cumulative(_ value: Double) -> Double? {
        var before = 0.0
        var lowerBound = (buckets.first?.upperBound ?? 0) > 0 ? 0 : -Double.infinity
        for bucket in buckets {
            if lowerBound >= value { return before }
            if bucket.upperBound > value {
                // A bucket without an end has no inside to interpolate in.
                if lowerBound == -.infinity { return bucket.count }
                return before + (bucket.count - before) * (value - lowerBound) / (bucket.upperBound - lowerBound)
            }
            before = bucket.count
            lowerBound = bucket.upperBound
        }
        return nil
    }

    private mutating func forceMonotonicity() {
        var previous = buckets[0].count
        for index in 1..<max(1, buckets.count) {
            let count = buckets[index].count
            if count == previous { continue }
            let isClose = (count - previous).magnitude <= 1e-12 * (count.magnitude + previous.magnitude)
            if isClose || count < previous {
                buckets[index].count = previous
                if !isClose { wasForced = true }
            } else {
                previous = count
            }
        }
    }
}

extension Evaluation {
    func histogram(_ call: Call, _ grid: Grid, _ emit: Emit) throws {
        let name = call.function.name
        guard let vector = call.arguments.first(where: { $0.type == .vector }) else { return }
        let scalarArguments = call.arguments.filter { $0.type == .scalar }
        let parameters = try scalarArguments.map { try scalar($0, grid) }
        if name != "histogram_fraction" {
            for (index, ranks) in parameters.enumerated() {
                for rank in ranks { checkRank(rank, scalarArguments[index].span) }
            }
        }
        for group in try bucketGroups(vector, grid) {
            switch name {
            case "histogram_fraction":
                let values = steps(group, grid) { $0.fraction(from: parameters[0][$1], to: parameters[1][$1]) }
                try emit(group.labels, true, values)
            case "histogram_quantile":
                try emit(group.labels, true, quantiles(group, parameters[0], grid, vector.span))
            default:
                let label = call.arguments.first { $0.type == .string }.map { string($0) } ?? ""
                if group.labels[label] != nil {
                    throw PromQLProblem.evaluation(
                        "label \(Quoting.quote(label)) already exists in the input of \(name)()")
                }
                for ranks in parameters {
                    guard let rank = ranks.first else { continue }
                    let labels = group.labels.setting(label, NumberText.openMetrics(rank))
                    try emit(labels, true, quantiles(group, ranks, grid, vector.span))
                }
            }
        }
    }

    private struct BucketGroup {
        let labels: LabelSet
        var members: [(upperBound: Double, values: [Double])]
    }

    private static let bucketLabel = LabelNames([LabelName.bucket])

    private func bucketGroups(_ vector: Expression, _ grid: Grid) throws -> [BucketGroup] {
        var places: [LabelSet: Int] = [:]
        var groups: [BucketGroup] = []
        try stream(vector, grid) { labels, _, values in
            let text = labels["le"] ?? ""
            guard let bound = NumberText.parse(text) else {
                annotations.warn(
                    "bucket label \"le\" is missing or has a malformed value of \(Quoting.quote(text)) for metric name "
                        + Quoting.quote(labels.metricName) + place(vector.span))
                return
            }
            try hold(values.count)
            let key = labels.dropping(Self.bucketLabel)
            if let position = places[key] {
                groups[position].members.append((bound, values))
            } else {
                places[key] = groups.count
                groups.append(BucketGroup(labels: key, members: [(bound, values)]))
            }
        }
        return groups
    }

    private func steps(
        _ group: BucketGroup, _ grid: Grid, _ function: (inout ClassicHistogram, Int) -> Double
    ) -> [Double] {
        (0..<grid.count).map { step in
            let buckets = group.members.compactMap {
                $0.values[step].isAbsent
                    ? nil : ClassicHistogram.Bucket(upperBound: $0.upperBound, count: $0.values[step])
            }
            if buckets.isEmpty { return .absent }
            var histogram = ClassicHistogram(buckets)
            return function(&histogram, step)
        }
    }

    private func quantiles(_ group: BucketGroup, _ ranks: [Double], _ grid: Grid, _ span: Range<Int>) -> [Double] {
        var forced = false
        let values = steps(group, grid) { histogram, step in
            let value = histogram.quantile(ranks[step])
            forced = forced || histogram.wasForced
            return value
        }
        if forced {
            annotations.inform(
                "input to histogram_quantile needed to be fixed for monotonicity (see "
                    + "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "
                    + Quoting.quote(group.labels.metricName) + place(span))
        }
        return values
    }
}
