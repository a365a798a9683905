import Gateway
import Glibc
import Releases

/// What is different about the canary.
enum Truth: Hashable, Sendable {
    case same
    /// More of its requests fail, by this share of all.
    case errors(Double)
    /// All of its requests take longer, by this ratio.
    case latency(Double)

    static let all: [Truth] = [
        .same, .errors(0.002), .errors(0.01), .errors(0.05), .latency(0.05), .latency(0.2), .latency(1),
    ]

    var name: String {
        switch self {
        case .same: "no change"
        case .errors(let share): "errors +\(share * 100) points".replacing(".0 ", with: " ")
        case .latency(let ratio): "latency +\(Int(ratio * 100)) %"
        }
    }
}

/// How the traffic and the machine behave, for both tracks alike.
enum Pattern: String, CaseIterable, Sendable {
    case steady
    /// Ten seconds of almost three times the traffic, then twenty of little, a third slower while it is much.
    case bursty
    /// Traffic, errors and latency rise and fall together; a day is half an hour long.
    case dailyWave = "daily wave"
    /// A canary's new pods begin three times slower and warm up in half a minute.
    case slowStart = "slow start"
    /// Every minute and a half or so something else on the machine makes both tracks slow and makes errors.
    case noisyNeighbour = "noisy neighbour"
}

/// One second of the world.
struct Moment: Sendable {
    var requests: Double
    var errors: Double
    var slowness: Double
}

/// A trace: what happens to both tracks, second by second. The same seed gives the same trace to every judge.
struct World: Sendable {
    static let errors = 0.002
    let truth: Truth
    let pattern: Pattern
    let moments: [Moment]

    init(_ truth: Truth, _ pattern: Pattern, rate: Double, seconds: Int, seed: UInt64) {
        self.truth = truth
        self.pattern = pattern
        var random = Seeded(seed)
        let phase = random.unit()
        var trouble: (until: Int, slowness: Double, errors: Double) = (0, 1, 0)
        moments = (0..<seconds).map { second in
            var moment = Moment(requests: rate, errors: Self.errors, slowness: 1)
            switch pattern {
            case .steady, .slowStart: break
            case .bursty:
                let isBurst = (second + Int(phase * 30)) % 30 < 10
                moment.requests *= isBurst ? 2.8 : 0.1
                moment.slowness *= isBurst ? 1.33 : 1
            case .dailyWave:
                let wave = sin(2 * .pi * (Double(second) / 1800 + phase))
                moment.requests *= 1 + 0.8 * wave
                moment.slowness *= 1 + 0.3 * wave
                moment.errors *= 1 + 0.7 * wave
            case .noisyNeighbour:
                if second >= trouble.until, random.unit() < 1.0 / 90 {
                    trouble = (
                        second + Int(random.between(5, 20)), random.between(1.5, 4), random.between(0, 0.02)
                    )
                }
                if second < trouble.until {
                    moment.slowness *= trouble.slowness
                    moment.errors += trouble.errors
                }
            }
            return moment
        }
    }

    /// The latency of a request when all is quiet, at 2¹⁴ quantiles, in microseconds: 40 ms in the median, and three in a
    /// hundred five times slower.
    private static let latencies: [Double] = {
        var random = Seeded(7)
        let count = 1 << 14
        return (0..<count).map { index in
            let normal = (-2 * log(random.unit())).squareRoot() * cos(2 * .pi * random.unit())
            return 40_000 * exp(0.5 * normal) * (index % 33 == 0 ? 5 : 1)
        }
    }()

    /// The requests of one track in one second.
    struct Track {
        var counts = TrafficCounts()
        /// Requests that would have been well without the regression: failed ones, or all of a slower canary's.
        var bad = 0
    }

    /// `pods`: for each part of the canary's pods its share and its age in seconds; none for stable.
    func draw(
        _ second: Int, share: Double, isCanary: Bool, pods: [(share: Double, age: Double)] = [],
        latency wantsLatency: Bool = true, _ random: inout Seeded
    ) -> Track {
        let moment = moments[min(second, moments.count - 1)]
        let requests = random.poisson(moment.requests * share)
        var track = Track()
        guard requests > 0 else { return track }
        var errors = random.hits(requests, moment.errors)
        var slowness = moment.slowness
        if isCanary {
            switch truth {
            case .same: break
            case .errors(let share):
                track.bad = random.hits(requests - errors, share / (1 - moment.errors))
                errors += track.bad
            case .latency(let ratio):
                slowness *= 1 + ratio
                track.bad = requests
            }
        }
        if requests > errors { track.counts.codes[200] = UInt64(requests - errors) }
        if errors > 0 { track.counts.codes[500] = UInt64(errors) }
        guard wantsLatency else { return track }
        let cold = pattern == .slowStart ? pods.filter { $0.age < 90 } : []
        let mask = UInt64(Self.latencies.count - 1)
        for _ in 0..<requests {
            var time = Self.latencies[Int(random.next() & mask)] * slowness
            if !cold.isEmpty {
                var place = random.unit()
                for pod in cold {
                    place -= pod.share
                    if place < 0 {
                        time *= 1 + 2 * exp(-pod.age / 10)
                        break
                    }
                }
            }
            track.counts.latency.record(microseconds: UInt64(time))
        }
        return track
    }
}

/// How a judge ended with a canary.
struct Ending: Sendable {
    enum Kind: Sendable { case failed, promoted, undecided }
    var kind: Kind
    var seconds: Int
    /// Bad requests until then.
    var bad: Int
    var why = ""
}

/// Pods of a canary that come up in groups as its share rises.
struct PodGroups {
    private var groups: [(pods: Int, born: Int)] = []

    mutating func grow(to pods: Int, at second: Int) {
        let present = groups.reduce(0) { $0 + $1.pods }
        if pods > present { groups.append((pods - present, second)) }
    }

    func shares(at second: Int) -> [(share: Double, age: Double)] {
        let all = Double(max(1, groups.reduce(0) { $0 + $1.pods }))
        return groups.map { (Double($0.pods) / all, Double(second - $0.born)) }
    }
}
