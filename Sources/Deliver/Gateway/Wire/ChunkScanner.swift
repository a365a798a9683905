/// Follows a chunked body (RFC 9112 §7.1) without changing it, and refuses any form that another reader might take otherwise.
struct ChunkScanner {
    private enum State {
        case size(digits: Int)
        case `extension`
        case sizeEnd
        case data
        case dataCR
        case dataLF
        case trailerStart
        case trailer
        case trailerEnd
        case lastLF
        case done
    }

    private var state = State.size(digits: 0)
    private var left = 0
    /// Bytes of extensions and trailers, which are bounded.
    private var extras = 0
    private static let mostExtras = 8192

    var isDone: Bool { if case .done = state { true } else { false } }

    /// How many of the bytes belong to the body; all of them unless it ends among them.
    mutating func scan(_ bytes: UnsafeRawBufferPointer, payload: (ByteRange) -> Void) throws(WireDefect) -> Int {
        var index = 0
        while index < bytes.count {
            if case .data = state {
                let count = min(left, bytes.count - index)
                payload(ByteRange(start: index, end: index + count))
                index += count
                left -= count
                if left == 0 { state = .dataCR }
                continue
            }
            try step(bytes[index])
            index += 1
            if case .done = state { return index }
        }
        return index
    }

    private mutating func step(_ byte: UInt8) throws(WireDefect) {
        switch state {
        case .size(let digits):
            if let value = ASCII.hexValue(byte), digits < 15 {
                left = left << 4 | Int(value)
                state = .size(digits: digits + 1)
            } else if digits > 0, byte == 0x0D {
                state = .sizeEnd
            } else if digits > 0, byte == 0x3B {
                state = .extension
            } else {
                throw .chunk
            }
        case .extension:
            if byte == 0x0D { state = .sizeEnd } else { try countExtra(byte) }
        case .sizeEnd:
            guard byte == 0x0A else { throw .chunk }
            state = left == 0 ? .trailerStart : .data
        case .dataCR:
            guard byte == 0x0D else { throw .chunk }
            state = .dataLF
        case .dataLF:
            guard byte == 0x0A else { throw .chunk }
            state = .size(digits: 0)
        case .trailerStart:
            if byte == 0x0D {
                state = .lastLF
            } else {
                guard ASCII.isToken(byte) else { throw .chunk }
                state = .trailer
            }
        case .trailer:
            if byte == 0x0D { state = .trailerEnd } else { try countExtra(byte) }
        case .trailerEnd:
            guard byte == 0x0A else { throw .chunk }
            state = .trailerStart
        case .lastLF:
            guard byte == 0x0A else { throw .chunk }
            state = .done
        case .data, .done: break
        }
    }

    private mutating func countExtra(_ byte: UInt8) throws(WireDefect) {
        extras += 1
        guard extras <= Self.mostExtras, byte >= 0x20 && byte != 0x7F || byte == 0x09 else { throw .chunk }
    }
}
