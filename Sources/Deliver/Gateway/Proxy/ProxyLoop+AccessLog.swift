import FoundationEssentials
import Kube
import NIOCore

extension ProxyLoop {
    /// As many bytes of lines are handed over without waiting for the next tick.
    private static var fullPiece: Int { 64 * 1024 }

    func log(_ exchange: Exchange, code: Int, microseconds: UInt64, client: [UInt8]) {
        guard accessLog != nil else { return }
        beginLine(code, client, exchange.requestID)
        let head = exchange.head
        head.bytes.withUnsafeReadableBytes { all in
            accessLines.writeStaticString(",\"method\":\"")
            accessLines.writeBytes(all[head.method])
            if let authority = head.authority {
                accessLines.writeStaticString("\",\"host\":\"")
                accessLines.writeBytes(all[authority])
            }
            accessLines.writeStaticString("\",\"path\":\"")
            writeEscaped(all[head.path])
            accessLines.writeStaticString("\",\"bytes\":")
        }
        accessLines.writeString(String(exchange.bytesOut))
        accessLines.writeStaticString(",\"duration_us\":")
        accessLines.writeString(String(microseconds))
        if let endpoint = exchange.lastEndpoint {
            accessLines.writeStaticString(",\"upstream\":\"")
            accessLines.writeString("\(endpoint.address):\(endpoint.port)\"")
        }
        accessLines.writeBytes((exchange.cell ?? unmatched).fragment)
        endLine()
    }

    /// A request whose head couldn't be read.
    func logRefusal(_ code: Int, client: [UInt8], requestID: [UInt8]) {
        guard accessLog != nil else { return }
        beginLine(code, client, requestID)
        endLine()
    }

    private func beginLine(_ code: Int, _ client: [UInt8], _ requestID: [UInt8]) {
        accessLines.writeStaticString("{\"time\":\"")
        accessLines.writeString(Timestamp.microText(Date()))
        accessLines.writeStaticString("\",\"status\":")
        accessLines.writeString(String(code))
        accessLines.writeStaticString(",\"client\":\"")
        accessLines.writeBytes(client)
        accessLines.writeStaticString("\",\"request_id\":\"")
        accessLines.writeBytes(requestID)
        accessLines.writeInteger(UInt8(0x22))
    }

    private func endLine() {
        accessLines.writeStaticString("}\n")
        if accessLines.readableBytes > Self.fullPiece { handOverAccessLines() }
    }

    /// Paths are printable ASCII; quotes and backslashes may be among it.
    private func writeEscaped(_ bytes: UnsafeRawBufferPointer) {
        if !bytes.contains(where: { $0 == 0x22 || $0 == 0x5C }) {
            accessLines.writeBytes(bytes)
            return
        }
        for byte in bytes {
            if byte == 0x22 || byte == 0x5C { accessLines.writeInteger(UInt8(0x5C)) }
            accessLines.writeInteger(byte)
        }
    }
}
