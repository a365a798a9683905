import NIOCore

extension ResponseHead {
    /// How the client's connection goes on after an answer.
    enum Persistence {
        /// As HTTP/1.1 does without saying.
        case implied
        /// Said to an HTTP/1.0 client that asked for it.
        case announced
        case closes
        case upgraded
    }

    /// Writes the head as the client gets it. `unchunked`: the client doesn't know chunks, the connection's end ends the body.
    func writeForwarded(
        _ persistence: Persistence, unchunked: Bool, edits: HeaderEdits?, to out: inout ByteBuffer
    ) {
        bytes.withUnsafeReadableBytes { all in
            out.writeStaticString("HTTP/1.1 ")
            out.writeBytes(all[statusText])
            out.writeStaticString("\r\n")
            var run = ByteRange.empty
            for field in fields where passes(field, unchunked: unchunked, edits, all) {
                if run.end == field.name.start {
                    run.end = field.lineEnd
                } else {
                    if !run.isEmpty { out.writeBytes(all[run]) }
                    run = ByteRange(start: field.name.start, end: field.lineEnd)
                }
            }
            if !run.isEmpty { out.writeBytes(all[run]) }
            switch persistence {
            case .implied: break
            case .announced: out.writeStaticString("connection: keep-alive\r\n")
            case .closes: out.writeStaticString("connection: close\r\n")
            case .upgraded:
                out.writeStaticString("connection: upgrade\r\nupgrade: ")
                if let upgrade { out.writeBytes(all[upgrade]) }
                out.writeStaticString("\r\n")
            }
            if let edits { out.writeBytes(edits.lines) }
            out.writeStaticString("\r\n")
        }
    }

    private func passes(_ field: Field, unchunked: Bool, _ edits: HeaderEdits?, _ all: UnsafeRawBufferPointer) -> Bool {
        switch field.id {
        case .connection, .keepAlive, .proxyConnection, .upgrade, .te, .http2Settings: return false
        case .transferEncoding: return !unchunked
        case .contentLength: return !dropsLength
        default: break
        }
        if !nominated.isEmpty, nominated.contains(where: { all.isSameName($0, field.name) }) { return false }
        if let edits, !edits.dropped.isEmpty, edits.drops(all, field.name) { return false }
        return true
    }
}
