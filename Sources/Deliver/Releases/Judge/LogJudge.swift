/// What both tracks logged since the look before.
package struct TrackLines: Sendable, Equatable {
    package var canary: [String]
    package var stable: [String]

    package init(canary: [String] = [], stable: [String] = []) {
        self.canary = canary
        self.stable = stable
    }
}

/// Judges the logs: errors of a kind that only the canary writes.
///
/// Lines that report an error are reduced to patterns. A pattern that stable did not write in its history before the canary
/// is compared like any other count, with the canary's part of the requests as its expected part. As there may be any
/// number of patterns, the k-th new one needs k(k + 1) times the odds, so that all of them together keep the error bound.
package struct LogJudge: Sendable {
    private static let most = 200

    private let failing: Double
    private var known: Set<String> = []
    private var hasHistory = false
    private var hasLines = false
    private var requests = PairedCounts()
    private var findings: [String: Finding] = [:]

    private struct Finding: Sendable {
        /// From 1, in the order of appearance.
        let number: Int
        let sample: String
        var evidence = HitEvidence()
        var canary = 0
        var stable = 0
    }

    package init(failing: Double = CanaryJudge.failing(judges: 1)) { self.failing = failing }

    /// What stable wrote before the canary came.
    package mutating func remember(_ lines: [String]) {
        hasHistory = true
        known.formUnion(lines.compactMap(ErrorPattern.of))
    }

    /// One look: lines since the look before (nil where the logs can't be read), and the requests.
    /// `share`: the canary's share by the route, where no request was counted.
    package mutating func add(_ lines: TrackLines?, requests: PairedCounts, share: Double) {
        self.requests = self.requests + requests
        guard let lines else { return }
        hasLines = true
        let expected = requests.isPair ? Double(requests.canary) / Double(requests.total) : share
        var counts: [String: (canary: Int, stable: Int, sample: String)] = [:]
        for line in lines.canary {
            if let pattern = ErrorPattern.of(line), !known.contains(pattern) {
                counts[pattern, default: (0, 0, line)].canary += 1
            }
        }
        for line in lines.stable {
            guard let pattern = ErrorPattern.of(line), !known.contains(pattern) else { continue }
            counts[pattern, default: (0, 0, line)].stable += 1
        }
        for (pattern, count) in counts.sorted(by: { $0.key < $1.key }) {
            guard findings[pattern] != nil || findings.count < Self.most else { continue }
            var finding = findings[pattern] ?? Finding(number: findings.count + 1, sample: count.sample)
            finding.evidence.add(canary: count.canary, stable: count.stable, expected: expected)
            finding.canary += count.canary
            finding.stable += count.stable
            findings[pattern] = finding
        }
    }

    package func verdict() -> Verdict {
        guard hasHistory, hasLines else { return Verdict(.waiting, ["logs: none could be read yet"]) }
        let worst = findings.values.filter { $0.canary > 0 }
            .max { $0.evidence.odds / needed($0) < $1.evidence.odds / needed($1) }
        guard let worst else { return Verdict(.pass, ["logs: no new kind of error"]) }
        let line =
            "logs: \(worst.canary) lines of a new kind on the canary in \(requests.canary) requests, \(worst.stable) on "
            + "stable in \(requests.stable), none before; odds \(Wording.odds(worst.evidence.odds)) to 1, "
            + "\(Wording.odds(needed(worst))) fail it: \(worst.sample.prefix(200))"
        if worst.evidence.odds >= needed(worst) { return Verdict(.fail, [line]) }
        // A kind of error that turns up again and again is waited for; one line alone passes.
        return Verdict(worst.canary > 1 && worst.evidence.odds > 10 ? .waiting : .pass, [line])
    }

    private func needed(_ finding: Finding) -> Double { failing * Double(finding.number * (finding.number + 1)) / 2 }
}
