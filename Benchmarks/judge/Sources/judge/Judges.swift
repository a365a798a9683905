import Gateway
import Releases

/// The product's judge with the defaults of a delivery file: steps of 5, 25 and 50 %, looked at every second.
enum EstibaJudge {
    static func plan() -> CanaryPlan { CanaryPlan(steps: [5, 25, 50].compactMap { Percent($0) }) }

    static func play(_ world: World, seed: UInt64) -> Ending {
        let plan = plan()
        var random = Seeded(seed)
        var judge = CanaryJudge(plan.rules, services: ["app"], warmUp: min(30, plan.atLeast))
        var pods = PodGroups()
        var second = 0
        var bad = 0
        for (index, share) in plan.steps.enumerated() {
            if index > 0 { judge.beginStep() }
            pods.grow(to: Int((10 * share.share).rounded(.up)), at: second)
            var observed = 0.0
            var isDone = false
            while !isDone {
                let canary = world.draw(
                    second, share: share.share, isCanary: true, pods: pods.shares(at: second), &random)
                let stable = world.draw(second, share: 1 - share.share, isCanary: false, &random)
                second += 1
                observed += 1
                bad += canary.bad
                judge.add(
                    ["app": TrackTraffic(canary: canary.counts, stable: stable.counts)], share: share,
                    observed: observed)
                let verdict = judge.verdict(share: share, isLast: observed >= plan.atMost)
                switch StepDecision.decide(verdict, observed: observed, plan: plan) {
                case .advance: isDone = true
                case .wait: continue
                case .fail(let verdict):
                    return Ending(kind: .failed, seconds: second, bad: bad, why: verdict.reasons.first ?? "")
                case .quiet(let verdict):
                    return Ending(kind: .undecided, seconds: second, bad: bad, why: verdict.reasons.first ?? "")
                }
            }
        }
        return Ending(kind: .promoted, seconds: second, bad: bad)
    }
}

/// Flagger as in the first example of its documentation: every minute 10 % more up to 50 %, given up at the fifth failed
/// check; at least 99 % of requests succeed, p99 at most 500 ms, both over the last minute.
enum FlaggerThresholds {
    static func play(_ world: World, seed: UInt64) -> Ending {
        var random = Seeded(seed)
        var pods = PodGroups()
        pods.grow(to: 10, at: 0)
        var weight = 10
        var failed = 0
        var minute = TrafficCounts()
        var bad = 0
        for second in 0..<world.moments.count {
            let canary = world.draw(
                second, share: Double(weight) / 100, isCanary: true, pods: pods.shares(at: second), &random)
            minute.add(canary.counts)
            bad += canary.bad
            guard (second + 1) % 60 == 0 else { continue }
            let requests = Double(minute.requests)
            let isGood =
                requests > 0 && (requests - Double(minute.errors)) / requests * 100 >= 99
                && (minute.latency.quantile(0.99) ?? 0) <= 500_000
            minute = TrafficCounts()
            if !isGood {
                failed += 1
                if failed >= 5 { return Ending(kind: .failed, seconds: second + 1, bad: bad) }
            } else if weight >= 50 {
                return Ending(kind: .promoted, seconds: second + 1, bad: bad)
            } else {
                weight += 10
            }
        }
        return Ending(kind: .undecided, seconds: world.moments.count, bad: bad)
    }
}

/// Argo Rollouts as in the background analysis of its documentation: 20, 40, 60 and 80 % for ten minutes each; from the
/// second on, every five minutes, at least 95 % of what `irate` sees (two samples, fifteen seconds apart) succeed; the
/// fourth failed measurement aborts.
enum ArgoTemplate {
    static func play(_ world: World, seed: UInt64) -> Ending {
        var random = Seeded(seed)
        var pods = PodGroups()
        var failed = 0
        var sample = TrafficCounts()
        var bad = 0
        for second in 0..<2400 {
            let share = Double(second / 600 + 1) * 0.2
            pods.grow(to: Int(share * 10), at: second)
            let canary = world.draw(
                second, share: share, isCanary: true, pods: pods.shares(at: second), latency: false, &random)
            bad += canary.bad
            sample.add(canary.counts)
            if (second + 1) % 15 != 0 { continue }
            let last = sample
            sample = TrafficCounts()
            guard second + 1 >= 600, (second + 1) % 300 == 0 else { continue }
            // Nothing by nothing is not a number, which is not at least 0.95.
            let requests = Double(last.requests)
            if requests == 0 || (requests - Double(last.errors)) / requests < 0.95 { failed += 1 }
            if failed > 3 { return Ending(kind: .failed, seconds: second + 1, bad: bad) }
        }
        return Ending(kind: .promoted, seconds: 2400, bad: bad)
    }
}

/// What an exact test says at the end of Estiba's plan with nothing but its shortest steps: Fisher's test of the errors,
/// the rank test of all latencies, both by step, at 1 %. It looks once, knows which of the two it needs, and is not misled by cold pods.
enum ExactTest {
    static func play(_ world: World, seed: UInt64) -> Ending {
        let plan = EstibaJudge.plan()
        var random = Seeded(seed)
        var tables: [PairedCounts] = []
        var ranks = ExcessScore()
        var second = 0
        var bad = 0
        for share in plan.steps {
            var sum = TrackTraffic()
            for _ in 0..<Int(plan.atLeast) {
                let canary = world.draw(second, share: share.share, isCanary: true, &random)
                let stable = world.draw(second, share: 1 - share.share, isCanary: false, &random)
                sum.add(TrackTraffic(canary: canary.counts, stable: stable.counts))
                bad += canary.bad
                second += 1
            }
            tables.append(sum.pairs)
            ranks.add(rankSum(sum))
        }
        let isFound =
            switch world.truth {
            case .same: StratifiedTable.tail(tables) < 0.005 || ranks.z > 2.576
            case .errors: StratifiedTable.tail(tables) < 0.01
            case .latency: ranks.z > 2.326
            }
        return Ending(kind: isFound ? .failed : .promoted, seconds: second, bad: bad)
    }

    /// The rank test with every bucket of the histogram as a tie.
    private static func rankSum(_ traffic: TrackTraffic) -> ExcessScore {
        let mine = traffic.canary.latency
        let others = traffic.stable.latency
        var score = ExcessScore()
        let all = Double(mine.count + others.count)
        guard mine.count > 0, others.count > 0 else { return score }
        var (below, sum, squares) = (0.0, 0.0, 0.0)
        for bucket in 0..<max(mine.counts.count, others.counts.count) {
            let canary = Double(bucket < mine.counts.count ? mine.counts[bucket] : 0)
            let here = canary + Double(bucket < others.counts.count ? others.counts[bucket] : 0)
            let rank = (below + here / 2) / all - 0.5
            sum += rank * canary
            squares += rank * rank * here
            below += here
        }
        let pairs = Double(mine.count) * Double(others.count)
        score.add(sum: sum, variance: pairs / (all * (all - 1)) * squares, weight: pairs / all)
        return score
    }
}
