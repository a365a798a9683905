import PromQL

/// The samples that are not in blocks yet, compressed, by series number.
struct Heads: Sendable {
    struct Head: Sendable {
        var open = ChunkEncoder()
        var closed: [Chunk] = []

        var lastTime: Int64 { open.count > 0 ? open.maxTime : closed.last?.maxTime ?? .min }
        var isEmpty: Bool { open.count == 0 && closed.isEmpty }
        var minTime: Int64 { closed.first?.minTime ?? (open.count > 0 ? open.minTime : .max) }

        func read(from: Int64, through: Int64, into buffer: inout SampleBuffer) {
            for chunk in closed { chunk.read(from: from, through: through, into: &buffer) }
            open.read(from: from, through: through, into: &buffer)
        }
    }

    /// Where a sample stands to the last one of its series.
    enum Place {
        case later
        /// The same time and value again.
        case repeated
        case earlier
    }

    /// How long a window is; a chunk never reaches over the border of one.
    let window: Int64
    private(set) var all: [Head] = []

    init(window: Int64) {
        self.window = window
    }

    subscript(_ number: UInt32) -> Head {
        Int(number) < all.count ? all[Int(number)] : Head()
    }

    func lastTime(_ number: UInt32) -> Int64 {
        Int(number) < all.count ? all[Int(number)].lastTime : .min
    }

    func place(_ number: UInt32, _ time: Int64, _ value: Double) -> Place {
        let index = Int(number)
        guard index < all.count, time <= all[index].lastTime else { return .later }
        let isRepeated =
            time == all[index].lastTime && all[index].open.count > 0 && all[index].open.lastValue == value.bitPattern
        return isRepeated ? .repeated : .earlier
    }

    /// Adds a sample. One that is not later than the last of its series is ignored.
    mutating func insert(_ number: UInt32, _ time: Int64, _ value: Double) {
        let index = Int(number)
        while all.count <= index { all.append(Head()) }
        guard time > all[index].lastTime else { return }
        if all[index].open.count > 0 {
            let isOtherWindow = time.window(window) != all[index].open.minTime.window(window)
            if all[index].open.isFull || isOtherWindow {
                all[index].closed.append(all[index].open.finish())
                all[index].open = ChunkEncoder()
            }
        }
        all[index].open.append(time, value)
    }

    /// The chunks of each series that lie in a window, by ascending number.
    func chunks(in window: Range<Int64>) -> [(series: UInt32, chunks: [Chunk])] {
        var result: [(series: UInt32, chunks: [Chunk])] = []
        for (number, head) in all.enumerated() {
            var chunks = head.closed.filter { window.contains($0.minTime) }
            if head.open.count > 0, window.contains(head.open.minTime) { chunks.append(head.open.finish()) }
            if !chunks.isEmpty { result.append((UInt32(number), chunks)) }
        }
        return result
    }

    /// Forgets the chunks that begin before a time.
    mutating func remove(before time: Int64) {
        for index in all.indices where all[index].minTime < time {
            all[index].closed.removeAll { $0.minTime < time }
            if all[index].open.count > 0, all[index].open.minTime < time { all[index].open = ChunkEncoder() }
        }
    }

    /// The time of the earliest sample, nil where there is none.
    var minTime: Int64? {
        let least = all.reduce(Int64.max) { min($0, $1.minTime) }
        return least == .max ? nil : least
    }
}

extension Int64 {
    /// The number of the window of that length that the time is in.
    func window(_ length: Int64) -> Int64 {
        self >= 0 ? self / length : (self + 1) / length - 1
    }
}
