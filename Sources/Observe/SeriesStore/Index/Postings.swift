/// Operations on sorted lists of series numbers.
enum Postings {
    static func intersection(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        let (short, long) = left.count <= right.count ? (left, right) : (right, left)
        var result: [UInt32] = []
        result.reserveCapacity(short.count)
        if long.count > 32 * short.count {
            for number in short where contains(long, number) { result.append(number) }
            return result
        }
        var index = 0
        for number in short {
            while index < long.count, long[index] < number { index += 1 }
            if index == long.count { break }
            if long[index] == number { result.append(number) }
        }
        return result
    }

    static func subtracting(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        if right.isEmpty { return left }
        var index = 0
        return left.filter { number in
            while index < right.count, right[index] < number { index += 1 }
            return index == right.count || right[index] != number
        }
    }

    /// The union of lists that have no number in common, as the lists of one label's values.
    static func union(_ lists: [[UInt32]]) -> [UInt32] {
        if lists.count < 2 { return lists.first ?? [] }
        var all: [UInt32] = []
        all.reserveCapacity(lists.reduce(0) { $0 + $1.count })
        for list in lists { all += list }
        all.sort()
        return all
    }

    static func contains(_ list: [UInt32], _ number: UInt32) -> Bool {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < list.count && list[low] == number
    }
}
