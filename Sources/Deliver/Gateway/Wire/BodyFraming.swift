/// How the end of a body is known (RFC 9112 §6).
enum BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
    /// Responses only.
    case untilClose
}

/// Follows a body through the pieces in which it arrives.
struct BodyReader {
    private enum State {
        case done
        case length(Int)
        case chunked(ChunkScanner)
        case untilClose
    }

    private var state: State

    init(_ framing: BodyFraming) {
        switch framing {
        case .none, .length(0): state = .done
        case .length(let count): state = .length(count)
        case .chunked: state = .chunked(ChunkScanner())
        case .untilClose: state = .untilClose
        }
    }

    var isDone: Bool { if case .done = state { true } else { false } }
    var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }

    /// How many of the bytes belong to the body. `payload` is called with the parts that are content.
    mutating func take(
        _ bytes: UnsafeRawBufferPointer, payload: (ByteRange) -> Void = { _ in }
    ) throws(WireDefect) -> Int {
        switch state {
        case .done: return 0
        case .untilClose:
            payload(ByteRange(start: 0, end: bytes.count))
            return bytes.count
        case .length(let left):
            let count = min(left, bytes.count)
            state = count == left ? .done : .length(left - count)
            if count > 0 { payload(ByteRange(start: 0, end: count)) }
            return count
        case .chunked(var scanner):
            let count = try scanner.scan(bytes, payload: payload)
            state = scanner.isDone ? .done : .chunked(scanner)
            return count
        }
    }
}
