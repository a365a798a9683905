import Glibc

/// One kind of canary.
struct Cell: Hashable, Sendable {
    let truth: Truth
    let rate: Int
    let pattern: Pattern
}

/// How many canaries of one kind ended in which way.
struct Tally: Sendable {
    var runs = 0
    var failed = 0
    var promoted = 0
    var seconds = 0
    var bad = 0
    var reasons: [String] = []

    mutating func add(_ ending: Ending) {
        runs += 1
        seconds += ending.seconds
        bad += ending.bad
        switch ending.kind {
        case .failed: failed += 1
        case .promoted: promoted += 1
        case .undecided: break
        }
        if !ending.why.isEmpty { reasons.append(ending.why) }
    }

    mutating func add(_ other: Tally) {
        runs += other.runs
        failed += other.failed
        promoted += other.promoted
        seconds += other.seconds
        bad += other.bad
        reasons += other.reasons
    }

    var undecided: Int { runs - failed - promoted }
}

/// Everything that is played, and how it is shown.
enum Table {
    static let judges: [(name: String, play: @Sendable (World, UInt64) -> Ending)] = [
        ("Estiba", EstibaJudge.play), ("Flagger", FlaggerThresholds.play), ("Argo", ArgoTemplate.play),
        ("Kayenta", KayentaJudge.play), ("exact test", ExactTest.play),
    ]

    static func cells(_ options: Options) -> [Cell] {
        let rates = options.rates ?? (options.isQuick ? [10, 100] : [1000, 100, 10, 1])
        return rates.flatMap { rate in
            Truth.all.flatMap { truth in
                Pattern.allCases.map { Cell(truth: truth, rate: rate, pattern: $0) }
            }
        }
    }

    private static func repetitions(_ cell: Cell, _ judge: String, _ options: Options) -> Int {
        if let repetitions = options.repetitions { return repetitions }
        if options.isQuick { return judge == "Kayenta" ? 4 : 20 }
        // What must happen in at most one of a hundred needs many.
        switch (cell.truth, judge) {
        case (.same, "Estiba"): return cell.rate >= 1000 ? 300 : 600
        case (_, "Kayenta"): return cell.rate >= 1000 ? 20 : 40
        default: return 100
        }
    }

    static func play(_ cell: Cell, _ options: Options) -> [String: Tally] {
        var tallies: [String: Tally] = [:]
        for (name, play) in judges where options.judges.contains(name) {
            var tally = Tally()
            for repetition in 0..<repetitions(cell, name, options) {
                let seed = UInt64(repetition) &* 1_000_003 &+ UInt64(cell.rate) &* 7919 &+ hash(cell)
                let world = World(
                    cell.truth, cell.pattern, rate: Double(cell.rate), seconds: name == "exact test" ? 120 : 3600,
                    seed: seed)
                tally.add(play(world, seed ^ 0xABCD_EF01))
            }
            tallies[name] = tally
        }
        return tallies
    }

    /// The same in every process, unlike `hashValue`.
    private static func hash(_ cell: Cell) -> UInt64 {
        "\(cell.truth.name) \(cell.pattern.rawValue)".utf8.reduce(14_695_981_039_346_656_037) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
    }

    // MARK: Markdown

    static func markdown(_ results: [Cell: [String: Tally]], _ options: Options) -> String {
        let names = judges.map(\.name).filter(options.judges.contains)
        let rates = Array(Set(results.keys.map(\.rate))).sorted()
        var text =
            "| canary | requests/s | "
            + names.map { $0 == "exact test" ? "\($0): missed" : "\($0): wrong" }.joined(separator: " | ") + " | "
            + names.filter { $0 != "exact test" }.map { "\($0): time, bad" }.joined(separator: " | ") + " |\n"
        text += "|---|---:|" + names.map { _ in "---:|" }.joined()
        text += names.filter { $0 != "exact test" }.map { _ in "---:|" }.joined() + "\n"
        for truth in Truth.all {
            for rate in rates { text += row(results, truth, rate, nil, names) }
        }
        text += "\nBy kind of traffic:\n\n" + text.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n"
        for truth in Truth.all {
            for rate in rates {
                for pattern in Pattern.allCases { text += row(results, truth, rate, pattern, names) }
            }
        }
        if options.isCurious { text += why(results) }
        return text
    }

    private static func row(
        _ results: [Cell: [String: Tally]], _ truth: Truth, _ rate: Int, _ pattern: Pattern?, _ names: [String]
    ) -> String {
        func tally(_ name: String) -> Tally {
            var sum = Tally()
            for (cell, tallies) in results
            where cell.truth == truth && cell.rate == rate && (pattern == nil || cell.pattern == pattern) {
                if let tally = tallies[name] { sum.add(tally) }
            }
            return sum
        }
        let wrong = names.map { name -> String in
            let tally = tally(name)
            let share = percent(truth == .same ? tally.failed : tally.promoted, tally.runs)
            return tally.undecided > 0 ? "\(share) (\(percent(tally.undecided, tally.runs)) undecided)" : share
        }
        let costs = names.filter { $0 != "exact test" }.map { name -> String in
            let tally = tally(name)
            let time = "\(tally.seconds / max(1, tally.runs)) s"
            if truth == .same { return time }
            let bad = Double(tally.bad) / Double(max(1, tally.runs))
            return "\(time), \(bad < 10 ? "\((bad * 10).rounded() / 10)" : "\(Int(bad.rounded()))")"
        }
        let name = pattern.map { "\(truth.name), \($0.rawValue)" } ?? truth.name
        return "| \(name) | \(rate) | " + (wrong + costs).joined(separator: " | ") + " |\n"
    }

    private static func percent(_ part: Int, _ all: Int) -> String {
        guard all > 0 else { return "–" }
        let share = Double(part) / Double(all) * 100
        return "\((share * 10).rounded() / 10) %".replacing(".0 %", with: " %")
    }

    private static func why(_ results: [Cell: [String: Tally]]) -> String {
        var text = "\n"
        for (cell, tallies) in results.sorted(by: { "\($0.key)" < "\($1.key)" }) where cell.truth == .same {
            for reason in (tallies["Estiba"]?.reasons ?? []).prefix(4) {
                text += "\(cell.pattern.rawValue) \(cell.rate): \(reason)\n"
            }
        }
        return text
    }
}
