/// The wire form of server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>).
enum EventStream {
    static let contentType = "text/event-stream"

    /// Says nothing, but finds out whether the reader is still there.
    static let heartbeat = Array(": \n\n".utf8)

    /// - Parameters:
    ///   - name: The event's type, a word of ours.
    ///   - data: Any text; each of its lines becomes a `data` field.
    ///   - id: Where the reader goes on after a lost connection.
    static func event(_ name: String, _ data: String, id: Int? = nil) -> [UInt8] {
        var out: [UInt8] = Array("event: \(name)\n".utf8)
        if let id { out += Array("id: \(id)\n".utf8) }
        out += field
        var previous: UInt8 = 0
        for byte in data.utf8 {
            switch byte {
            case 0x0A where previous == 0x0D: break
            case 0x0A, 0x0D:
                out.append(0x0A)
                out += field
            default: out.append(byte)
            }
            previous = byte
        }
        out += [0x0A, 0x0A]
        return out
    }

    private static let field = Array("data: ".utf8)
}
