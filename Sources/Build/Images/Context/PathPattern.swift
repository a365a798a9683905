/// A file name pattern: `*` and `?` within a path component, `[a-z]` classes, `\` for the next character, and, where allowed,
/// `**` for any number of components (Go's path.Match, and Docker's extension of it for .dockerignore).
struct PathPattern: Sendable, Equatable {
    private indirect enum Piece: Equatable {
        case byte(UInt8)
        case anyByte
        case anyRun
        case anyPath
        case set([ClosedRange<UInt8>], negated: Bool)
    }

    private let pieces: [Piece]

    /// - Returns: nil if a class isn't closed.
    init?(_ text: String, crossing: Bool) {
        var pieces: [Piece] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "*"):
                if crossing, index < bytes.count, bytes[index] == byte {
                    while index < bytes.count, bytes[index] == byte { index += 1 }
                    // "**/" also matches no directory at all.
                    if index < bytes.count, bytes[index] == UInt8(ascii: "/") { index += 1 }
                    pieces.append(.anyPath)
                } else {
                    pieces.append(.anyRun)
                }
            case UInt8(ascii: "?"): pieces.append(.anyByte)
            case UInt8(ascii: "\\"):
                guard index < bytes.count else { return nil }
                pieces.append(.byte(bytes[index]))
                index += 1
            case UInt8(ascii: "["):
                guard let set = Self.set(bytes, &index) else { return nil }
                pieces.append(set)
            default: pieces.append(.byte(byte))
            }
        }
        self.pieces = pieces
    }

    private static func set(_ bytes: [UInt8], _ index: inout Int) -> Piece? {
        var ranges: [ClosedRange<UInt8>] = []
        var negated = false
        if index < bytes.count, bytes[index] == UInt8(ascii: "^") {
            negated = true
            index += 1
        }
        func next() -> UInt8? {
            guard index < bytes.count else { return nil }
            if bytes[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < bytes.count else { return nil }
            index += 1
            return bytes[index - 1]
        }
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") || ranges.isEmpty {
            guard let low = next() else { return nil }
            var high = low
            if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] != UInt8(ascii: "]") {
                index += 1
                guard let end = next() else { return nil }
                high = end
            }
            guard low <= high else { return nil }
            ranges.append(low...high)
        }
        guard index < bytes.count else { return nil }
        index += 1
        return .set(ranges, negated: negated)
    }

    /// Whether the whole path matches.
    func matches(_ path: some StringProtocol) -> Bool { matches(Array(path.utf8)[...], pieces[...]) }

    private func matches(_ path: ArraySlice<UInt8>, _ pieces: ArraySlice<Piece>) -> Bool {
        var (path, pieces) = (path, pieces)
        let slash = UInt8(ascii: "/")
        while let piece = pieces.first {
            pieces = pieces.dropFirst()
            switch piece {
            case .byte(let byte): guard path.popFirst() == byte else { return false }
            case .anyByte: guard let byte = path.popFirst(), byte != slash else { return false }
            case .set(let ranges, let negated):
                guard let byte = path.popFirst(), byte != slash else { return false }
                guard ranges.contains(where: { $0.contains(byte) }) != negated else { return false }
            case .anyRun:
                while true {
                    if matches(path, pieces) { return true }
                    guard let byte = path.popFirst(), byte != slash else { return false }
                }
            case .anyPath:
                if pieces.isEmpty { return true }
                while true {
                    if matches(path, pieces) { return true }
                    guard let next = path.firstIndex(of: slash) else { return false }
                    path = path[(next + 1)...]
                }
            }
        }
        return path.isEmpty
    }

    /// Whether a text holds any of the special characters.
    static func isPattern(_ text: some StringProtocol) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }
}
