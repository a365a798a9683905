/// How the canary's slowness has moved within a step: whether it is still going away, as it does while caches fill and
/// code is compiled.
struct SettlingTrend: Sendable, Hashable, Codable {
    /// No slowness is taken for settling any more when a step is older than that, in seconds.
    static let patience = 300.0
    private static let most = 64

    /// Consecutive stretches of the step, each `width` seconds long.
    private var stretches: [ExcessScore] = []
    private var width = 2.0

    mutating func add(_ score: ExcessScore, at observed: Double) {
        while Int(observed / width) >= Self.most {
            stretches = stride(from: 0, to: stretches.count, by: 2).map { index in
                var pair = stretches[index]
                if index + 1 < stretches.count { pair.add(stretches[index + 1]) }
                return pair
            }
            width *= 2
        }
        let index = max(0, Int(observed / width))
        while stretches.count <= index { stretches.append(ExcessScore()) }
        stretches[index].add(score)
    }

    /// Whether the last third of the step shows less slowness than the third before, by a quarter and more than chance.
    func isSettling(at observed: Double) -> Bool {
        guard observed <= Self.patience else { return false }
        let third = observed / 3
        var middle = ExcessScore()
        var last = ExcessScore()
        for (index, stretch) in stretches.enumerated() {
            let time = (Double(index) + 0.5) * width
            if time >= 2 * third { last.add(stretch) } else if time >= third { middle.add(stretch) }
        }
        let drop = middle.difference - last.difference
        let error = (middle.error * middle.error + last.error * last.error).squareRoot()
        return middle.difference > 0 && last.difference < 0.75 * middle.difference && drop > 1.28 * error
    }
}
