/// A header line of a message head.
struct Field {
    var id: FieldID
    var name: ByteRange
    /// Without the white space around it.
    var value: ByteRange
    /// Where the next line begins.
    var lineEnd: Int
}

/// The headers that a proxy treats in some way of its own.
enum FieldID: UInt8 {
    case other, host, connection, contentLength, transferEncoding, te, upgrade, expect, keepAlive, proxyConnection
    case proxyAuthorization, forwarded, forwardedFor, forwardedProto, forwardedHost, requestID, http2Settings

    static func classify(_ bytes: UnsafeRawBufferPointer, _ name: ByteRange) -> FieldID {
        switch name.count {
        case 2: bytes.equals(name, ignoringCase: "te") ? .te : .other
        case 4: bytes.equals(name, ignoringCase: "host") ? .host : .other
        case 6: bytes.equals(name, ignoringCase: "expect") ? .expect : .other
        case 7: bytes.equals(name, ignoringCase: "upgrade") ? .upgrade : .other
        case 9: bytes.equals(name, ignoringCase: "forwarded") ? .forwarded : .other
        case 10:
            bytes.equals(name, ignoringCase: "connection")
                ? .connection : bytes.equals(name, ignoringCase: "keep-alive") ? .keepAlive : .other
        case 12: bytes.equals(name, ignoringCase: "x-request-id") ? .requestID : .other
        case 14:
            bytes.equals(name, ignoringCase: "content-length")
                ? .contentLength : bytes.equals(name, ignoringCase: "http2-settings") ? .http2Settings : .other
        case 15: bytes.equals(name, ignoringCase: "x-forwarded-for") ? .forwardedFor : .other
        case 16:
            bytes.equals(name, ignoringCase: "proxy-connection")
                ? .proxyConnection : bytes.equals(name, ignoringCase: "x-forwarded-host") ? .forwardedHost : .other
        case 17:
            bytes.equals(name, ignoringCase: "transfer-encoding")
                ? .transferEncoding : bytes.equals(name, ignoringCase: "x-forwarded-proto") ? .forwardedProto : .other
        case 19: bytes.equals(name, ignoringCase: "proxy-authorization") ? .proxyAuthorization : .other
        default: .other
        }
    }
}
