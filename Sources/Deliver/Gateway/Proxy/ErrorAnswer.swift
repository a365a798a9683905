import NIOCore

/// An answer that the gateway gives itself.
enum ErrorAnswer {
    static func reason(_ status: Int) -> StaticString {
        switch status {
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 414: "URI Too Long"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Error"
        }
    }

    static func write(
        _ status: Int, _ sentence: String, requestID: [UInt8], location: [UInt8]? = nil, isHead: Bool, closes: Bool,
        announcesKeepAlive: Bool, to out: inout ByteBuffer
    ) {
        let isRedirect = location != nil
        let length = isRedirect ? 0 : sentence.utf8.count + requestID.count + 12
        out.writeStaticString("HTTP/1.1 ")
        out.writeString(String(status))
        out.writeInteger(UInt8(0x20))
        out.writeStaticString(reason(status))
        out.writeStaticString("\r\ncontent-length: ")
        out.writeString(String(length))
        if let location {
            out.writeStaticString("\r\nlocation: ")
            out.writeBytes(location)
        } else {
            out.writeStaticString("\r\ncontent-type: text/plain; charset=utf-8")
        }
        out.writeStaticString("\r\nx-request-id: ")
        out.writeBytes(requestID)
        if closes {
            out.writeStaticString("\r\nconnection: close")
        } else if announcesKeepAlive {
            out.writeStaticString("\r\nconnection: keep-alive")
        }
        out.writeStaticString("\r\n\r\n")
        if isHead || isRedirect { return }
        out.writeString(sentence)
        out.writeStaticString(" (request ")
        out.writeBytes(requestID)
        out.writeStaticString(")\n")
    }
}
