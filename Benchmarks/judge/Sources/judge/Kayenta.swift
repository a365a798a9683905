import Gateway
import Glibc

/// Kayenta's judge (NetflixACAJudge-v1.0) as documented: a canary and a baseline of the same size, 10 % each, one value a
/// minute of the error rate and of p50, p95 and p99; an hour long, so that there are the fifty values it asks for, with a
/// first analysis after half an hour; errors and latency weigh half each; 75 is marginal, 95 passes.
enum KayentaJudge {
    static func play(_ world: World, seed: UInt64) -> Ending {
        var random = Seeded(seed)
        var pods = PodGroups()
        pods.grow(to: 1, at: 0)
        var minute = (control: TrafficCounts(), experiment: TrafficCounts())
        var control = [[Double]](repeating: [], count: 4)
        var experiment = control
        var bad = 0
        for second in 0..<3600 {
            let canary = world.draw(second, share: 0.1, isCanary: true, pods: pods.shares(at: second), &random)
            // The baseline is started together with the canary, so it is as cold.
            let baseline = world.draw(second, share: 0.1, isCanary: false, pods: pods.shares(at: second), &random)
            bad += canary.bad
            minute.experiment.add(canary.counts)
            minute.control.add(baseline.counts)
            guard (second + 1) % 60 == 0 else { continue }
            for (index, value) in values(minute.control).enumerated() { control[index].append(value) }
            for (index, value) in values(minute.experiment).enumerated() { experiment[index].append(value) }
            minute = (TrafficCounts(), TrafficCounts())
            guard (second + 1) % 1800 == 0 else { continue }
            let score = score(control, experiment)
            let isLast = second + 1 == 3600
            if score < 75 || (isLast && score < 95) {
                return Ending(kind: .failed, seconds: second + 1, bad: bad)
            }
        }
        return Ending(kind: .promoted, seconds: 3600, bad: bad)
    }

    private static func values(_ counts: TrafficCounts) -> [Double] {
        let requests = Double(counts.requests)
        let errors = requests > 0 ? Double(counts.errors) / requests : .nan
        return [errors] + [0.5, 0.95, 0.99].map { counts.latency.quantile($0).map { $0 / 1000 } ?? .nan }
    }

    private static func score(_ control: [[Double]], _ experiment: [[Double]]) -> Double {
        let results = zip(control, experiment).map { classify($0, $1) }
        // Metrics without data are left out, unless they are half of all: then nothing is good.
        if results.count(where: { $0 == nil }) * 2 >= results.count { return 0 }
        var sum = 0.0
        var weights = 0.0
        for group in [results[0..<1], results[1..<4]] {
            let known = group.compactMap(\.self)
            if known.isEmpty { continue }
            sum += 50 * Double(known.count(where: \.self)) / Double(known.count) * 100
            weights += 50
        }
        return weights > 0 ? sum / weights : 0
    }

    /// Whether a metric passes where an increase is bad; nil without data.
    static func classify(_ control: [Double], _ experiment: [Double]) -> Bool? {
        let control = trimmed(control.filter { !$0.isNaN })
        let experiment = trimmed(experiment.filter { !$0.isNaN })
        if control.isEmpty || experiment.isEmpty { return nil }
        if control == experiment { return true }
        if Set(control).count == 1, Set(experiment).count == 1 {
            // It adds a little noise here, which comes to this.
            return experiment[0] <= control[0]
        }
        let test = HodgesLehmann(experiment, control)
        let meanControl = control.reduce(0, +) / Double(control.count)
        let meanExperiment = experiment.reduce(0, +) / Double(experiment.count)
        let isEffect = meanControl == 0 || meanExperiment == 0 || meanExperiment / meanControl >= 1
        return !(test.lower > 0.25 * abs(test.estimate) && isEffect)
    }

    /// Without values beyond three times the quartiles' distance, where these are not within the 1st and 99th percentile.
    private static func trimmed(_ values: [Double]) -> [Double] {
        guard values.count > 1 else { return values }
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
        }
        let range = 3 * (at(0.75) - at(0.25))
        let (low, high) = (min(at(0.25) - range, at(0.01)), max(at(0.75) + range, at(0.99)))
        return values.filter { $0 >= low && $0 <= high }
    }
}

/// The Hodges–Lehmann estimate of a shift with its 98 % limits, by the normal approximation of the rank test with
/// continuity and tie correction.
struct HodgesLehmann {
    let lower: Double
    let estimate: Double

    init(_ first: [Double], _ second: [Double]) {
        let low = (first.min() ?? 0) - (second.max() ?? 0)
        let high = (first.max() ?? 0) - (second.min() ?? 0)
        func root(_ goal: Double, _ correction: Double) -> Double {
            // The statistic falls as the shift rises.
            if Self.statistic(first, second, low, correction) <= goal { return low }
            if Self.statistic(first, second, high, correction) >= goal { return high }
            var (left, right) = (low, high)
            for _ in 0..<60 {
                let middle = (left + right) / 2
                if Self.statistic(first, second, middle, correction) > goal { left = middle } else { right = middle }
            }
            return (left + right) / 2
        }
        lower = root(2.3263, 0.5)
        estimate = root(0, 0)
    }

    private static func statistic(_ first: [Double], _ second: [Double], _ shift: Double, _ correction: Double)
        -> Double
    {
        let all = (first.map { ($0 - shift, true) } + second.map { ($0, false) }).sorted { $0.0 < $1.0 }
        let (n, m) = (Double(first.count), Double(second.count))
        var ranks = 0.0
        var ties = 0.0
        var index = 0
        while index < all.count {
            var end = index
            while end < all.count, all[end].0 == all[index].0 { end += 1 }
            let tied = Double(end - index)
            let rank = Double(index + end + 1) / 2
            ranks += rank * Double(all[index..<end].count(where: \.1))
            ties += tied * tied * tied - tied
            index = end
        }
        let z = ranks - n * (n + 1) / 2 - n * m / 2
        let variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
        guard variance > 0 else { return 0 }
        return (z - (z == 0 ? 0 : z > 0 ? correction : -correction)) / variance.squareRoot()
    }
}
