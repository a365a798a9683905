import NIOCore

/// What a request is given on its way to the backend.
struct ForwardedFacts {
    /// The client's address, as text.
    var client: [UInt8]
    var requestID: [UInt8]
    var trustsForwarded: Bool
    var filters: RouteFilters?
    var path: PathCondition
}

extension RequestHead {
    /// Writes the head as the backend gets it: without what belongs to the client's connection (RFC 9110 §7.6.1), with who
    /// asked, and with the rule's changes.
    func writeForwarded(_ facts: ForwardedFacts, to out: inout ByteBuffer) {
        bytes.withUnsafeReadableBytes { all in
            out.writeBytes(all[method])
            out.writeInteger(UInt8(0x20))
            if let rewrite = facts.filters?.rewrite?.path {
                out.writeBytes(PathRewriting.apply(rewrite, to: Array(all[path]), matched: facts.path))
                if !query.isEmpty {
                    out.writeInteger(UInt8(0x3F))
                    out.writeBytes(all[query])
                }
            } else {
                if all[target.start] != 0x2F && all[target.start] != 0x2A { out.writeInteger(UInt8(0x2F)) }
                out.writeBytes(all[target])
            }
            out.writeStaticString(" HTTP/1.1\r\n")
            writeHost(facts, all, &out)
            writeFields(facts, all, &out)
            writeForwardedFor(facts, all, &out)
            if let upgrade {
                out.writeStaticString("connection: upgrade\r\nupgrade: ")
                out.writeBytes(all[upgrade])
                out.writeStaticString("\r\n")
            }
            if let edits = facts.filters?.request { out.writeBytes(edits.lines) }
            out.writeStaticString("\r\n")
        }
    }

    private func writeHost(_ facts: ForwardedFacts, _ all: UnsafeRawBufferPointer, _ out: inout ByteBuffer) {
        out.writeStaticString("host: ")
        if let hostname = facts.filters?.rewrite?.hostname {
            out.writeString(hostname)
        } else if let authority {
            out.writeBytes(all[authority])
        }
        out.writeStaticString("\r\n")
    }

    /// The lines that pass, in runs as long as possible.
    private func writeFields(_ facts: ForwardedFacts, _ all: UnsafeRawBufferPointer, _ out: inout ByteBuffer) {
        let edits = facts.filters?.request
        var run = ByteRange.empty
        for field in fields {
            if passes(field, facts, edits, all) {
                if run.end == field.name.start {
                    run.end = field.lineEnd
                } else {
                    if !run.isEmpty { out.writeBytes(all[run]) }
                    run = ByteRange(start: field.name.start, end: field.lineEnd)
                }
            }
        }
        if !run.isEmpty { out.writeBytes(all[run]) }
    }

    private func passes(
        _ field: Field, _ facts: ForwardedFacts, _ edits: HeaderEdits?, _ all: UnsafeRawBufferPointer
    ) -> Bool {
        switch field.id {
        case .host, .connection, .keepAlive, .proxyConnection, .proxyAuthorization, .te, .upgrade, .http2Settings,
            .forwardedFor, .forwardedHost, .forwardedProto, .requestID:
            return false
        case .forwarded: if !facts.trustsForwarded { return false }
        case .expect: if !isVersion11 { return false }
        case .contentLength, .transferEncoding: return true
        case .other: break
        }
        if !nominated.isEmpty, nominated.contains(where: { all.isSameName($0, field.name) }) { return false }
        if let edits, !edits.dropped.isEmpty, edits.drops(all, field.name) { return false }
        return true
    }

    private func writeForwardedFor(_ facts: ForwardedFacts, _ all: UnsafeRawBufferPointer, _ out: inout ByteBuffer) {
        out.writeStaticString("x-forwarded-for: ")
        if facts.trustsForwarded {
            for field in fields where field.id == .forwardedFor {
                out.writeBytes(all[field.value])
                out.writeStaticString(", ")
            }
        }
        out.writeBytes(facts.client)
        out.writeStaticString("\r\nx-forwarded-proto: ")
        if facts.trustsForwarded, let proto = fields.first(where: { $0.id == .forwardedProto }) {
            out.writeBytes(all[proto.value])
        } else {
            out.writeStaticString("http")
        }
        out.writeStaticString("\r\nx-forwarded-host: ")
        if facts.trustsForwarded, let host = fields.first(where: { $0.id == .forwardedHost }) {
            out.writeBytes(all[host.value])
        } else if let authority {
            out.writeBytes(all[authority])
        }
        out.writeStaticString("\r\nx-request-id: ")
        out.writeBytes(facts.requestID)
        out.writeStaticString("\r\n")
    }
}

extension UnsafeRawBufferPointer {
    /// Compares two names in the same head, ignoring case.
    func isSameName(_ left: ByteRange, _ right: ByteRange) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count
        where ASCII.lower(self[left.start + index]) != ASCII.lower(self[right.start + index]) {
            return false
        }
        return true
    }
}

/// Changes of paths by URLRewrite and RequestRedirect (HTTPPathModifier).
enum PathRewriting {
    static func apply(_ change: RouteFilters.PathChange, to path: [UInt8], matched: PathCondition) -> [UInt8] {
        switch change {
        case .full(let text): return text.isEmpty ? [0x2F] : Array(text.utf8)
        case .prefix(let text):
            guard case .prefix(let prefix) = matched else { return path }
            var new = Array(text.utf8)
            while new.last == 0x2F { new.removeLast() }
            new += path.dropFirst(prefix.count)
            return new.isEmpty ? [0x2F] : new
        }
    }
}
