import Syntax

/// A filter pattern for branches, tags and paths: `*` without slashes, `**` with them, `?` and `+` for the character before,
/// `[a-z]`, `!` at the start to take away again, and `\` before any of these to mean itself.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
package struct GlobPattern: Sendable {
    private enum Unit: Sendable {
        case byte(UInt8)
        case set([ClosedRange<UInt8>])
    }

    private enum Piece: Sendable {
        case one(Unit)
        case optional(Unit)
        case oneOrMore(Unit)
        case run
        case deepRun
        /// `**/`: any number of folders, none too.
        case folders
    }

    package let isNegated: Bool
    private let pieces: [Piece]

    /// `?` and `+` mean the character before in filters; in paths of files `?` is any one character and `+` itself.
    package enum Flavour: Sendable {
        case filter, files
    }

    package init(_ pattern: String, flavour: Flavour = .filter) {
        var bytes = Array(pattern.utf8)[...]
        isNegated = bytes.first == UInt8(ascii: "!")
        if isNegated { bytes.removeFirst() }
        pieces = Self.compile(bytes, flavour)
    }

    /// Whether a list of patterns selects a name: the last one that matches decides.
    package static func selects(_ patterns: [String], _ name: String) -> Bool {
        var selected = false
        for text in patterns {
            let pattern = GlobPattern(text)
            if pattern.matches(name) { selected = !pattern.isNegated }
        }
        return selected
    }

    /// Whether the pattern, without its `!`, matches the whole name.
    package func matches(_ name: String) -> Bool {
        Self.match(pieces[...], Array(name.utf8)[...])
    }

    private static func compile(_ bytes: ArraySlice<UInt8>, _ flavour: Flavour) -> [Piece] {
        var pieces: [Piece] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                guard rest.first == UInt8(ascii: "*") else {
                    pieces.append(.run)
                    continue
                }
                rest.removeFirst()
                if rest.first == UInt8(ascii: "/") {
                    rest.removeFirst()
                    pieces.append(.folders)
                } else {
                    pieces.append(.deepRun)
                }
            case UInt8(ascii: "?") where flavour == .files:
                pieces.append(.one(.set([0...UInt8(ascii: "/") - 1, UInt8(ascii: "/") + 1...255])))
            case UInt8(ascii: "+") where flavour == .files: pieces.append(.one(.byte(byte)))
            case UInt8(ascii: "?"): if case .one(let unit) = pieces.popLast() { pieces.append(.optional(unit)) }
            case UInt8(ascii: "+"): if case .one(let unit) = pieces.popLast() { pieces.append(.oneOrMore(unit)) }
            case UInt8(ascii: "["): pieces.append(.one(.set(set(&rest))))
            case UInt8(ascii: "\\"): pieces.append(.one(.byte(rest.popFirst() ?? byte)))
            default: pieces.append(.one(.byte(byte)))
            }
        }
        return pieces
    }

    private static func set(_ rest: inout ArraySlice<UInt8>) -> [ClosedRange<UInt8>] {
        var ranges: [ClosedRange<UInt8>] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {
            if rest.first == UInt8(ascii: "-"), let upper = rest.dropFirst().first, upper != UInt8(ascii: "]"),
                upper >= byte
            {
                rest.removeFirst(2)
                ranges.append(byte...upper)
            } else {
                ranges.append(byte...byte)
            }
        }
        return ranges
    }

    private static func match(_ pieces: ArraySlice<Piece>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let piece = pieces.first else { return text.isEmpty }
        let others = pieces.dropFirst()
        switch piece {
        case .one(let unit):
            return text.first.map { fits(unit, $0) } == true && match(others, text.dropFirst())
        case .optional(let unit):
            if text.first.map({ fits(unit, $0) }) == true, match(others, text.dropFirst()) { return true }
            return match(others, text)
        case .oneOrMore(let unit):
            var rest = text
            while let byte = rest.first, fits(unit, byte) {
                rest = rest.dropFirst()
                if match(others, rest) { return true }
            }
            return false
        case .run, .deepRun:
            var rest = text
            while true {
                if match(others, rest) { return true }
                guard let byte = rest.popFirst() else { return false }
                if case .run = piece, byte == UInt8(ascii: "/") { return false }
            }
        case .folders:
            var rest = text
            while true {
                if match(others, rest) { return true }
                guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return false }
                rest = rest[(slash + 1)...]
            }
        }
    }

    private static func fits(_ unit: Unit, _ byte: UInt8) -> Bool {
        switch unit {
        case .byte(let wanted): wanted == byte
        case .set(let ranges): ranges.contains { $0.contains(byte) }
        }
    }
}
