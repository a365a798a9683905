import NIOCore
import Testing

@testable import Gateway

@Suite struct WireTests {
    static let refused: [(String, WireDefect)] = [
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", .bothLengths),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", .contentLength),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", .contentLength),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", .contentLength),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n", .contentLength),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .contentLength),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", .contentLength),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .transferEncoding),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .transferEncoding),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            .transferEncoding
        ),
        ("GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncoding),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", .foldedField),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n", .fieldName),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", .fieldValue),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n", .fieldValue),
        ("GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .bareLineFeed),
        ("GET / HTTP/1.1\r\n\r\n", .host),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .host),
        ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", .host),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .host),
        ("GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", .host),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .version),
        ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", .version),
        ("GET /\r\nHost: a\r\n\r\n", .startLine),
        ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .target),
        ("GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", .startLine),
    ]

    @Test("What could be read in two ways is refused", arguments: refused)
    func refuses(_ text: String, _ defect: WireDefect) {
        #expect(throws: defect) { _ = try parse(text) }
    }

    func parse(_ text: String) throws(WireDefect) -> RequestHead? {
        let buffer = ByteBuffer(string: text)
        var scanned = 0
        guard let end = try HeadScanner.end(of: buffer, scanned: &scanned) else { return nil }
        return try RequestHead(buffer.getSlice(at: 0, length: end) ?? buffer)
    }

    @Test func `a head is found wherever it is cut`() throws {
        let text = "GET /a?b=c HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\nbody"
        var buffer = ByteBuffer()
        var scanned = 0
        var found: Int?
        for byte in text.utf8 {
            buffer.writeInteger(byte)
            if let end = try HeadScanner.end(of: buffer, scanned: &scanned) {
                found = end
                break
            }
        }
        #expect(found == text.utf8.count - 4)
    }

    @Test(
        "A backend's bare line feeds are read as line ends",
        arguments: [
            "HTTP/1.1 200 OK\nX: a\n\n", "HTTP/1.1 200 OK\r\nX: a\n\r\n", "HTTP/1.1 200 OK\nX: a\r\n\n",
        ])
    func completes(_ text: String) throws {
        let buffer = ByteBuffer(string: text + "body\n\nmore")
        let end = try #require(HeadScanner.lenientEnd(of: buffer))
        #expect(end == text.utf8.count)
        let head = HeadScanner.completingLineEnds(of: try #require(buffer.getSlice(at: 0, length: end)))
        #expect(String(buffer: head) == "HTTP/1.1 200 OK\r\nX: a\r\n\r\n")
        #expect(HeadScanner.lenientEnd(of: ByteBuffer(string: String(text.dropLast()))) == nil)
    }

    @Test func `the parts of a head are told apart`() throws {
        let head = try #require(
            try parse(
                "POST http://Example.com:81/a/b?c=d HTTP/1.1\r\nhost: other\r\nConnection: keep-alive, X-Secret\r\ncontent-length:  12 \r\n\r\n"
            ))
        #expect(head.text(head.method) == "POST")
        #expect(head.text(head.path) == "/a/b")
        #expect(head.text(head.query) == "c=d")
        #expect(head.host == "example.com")
        #expect(head.port == 81)
        #expect(head.framing == .length(12))
        #expect(head.keepsAlive)
        #expect(head.nominated.map { head.text($0) } == ["X-Secret"])
        let old = try #require(try parse("GET / HTTP/1.0\r\n\r\n"))
        #expect(!old.keepsAlive)
        #expect(try #require(try parse("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")).host == "[::1]")
    }

    func scan(_ text: String, pieces: Int) throws(WireDefect) -> (payload: String, rest: Int)? {
        var reader = BodyReader(.chunked)
        var payload: [UInt8] = []
        let bytes = Array(text.utf8)
        var used = 0
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            let piece = Array(bytes[start..<min(start + pieces, bytes.count)])
            var defect: WireDefect?
            piece.withUnsafeBytes { raw in
                do throws(WireDefect) {
                    used += try reader.take(raw) { payload += Array(raw[$0]) }
                } catch { defect = error }
            }
            if let defect { throw defect }
            if reader.isDone { return (String(decoding: payload, as: UTF8.self), bytes.count - used) }
        }
        return nil
    }

    @Test func `chunks are followed wherever they are cut`() throws {
        let text = "4\r\nWiki\r\n6;name=\"v\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\nnext"
        for pieces in [1, 2, 3, 7, 100] {
            let found = try #require(try scan(text, pieces: pieces))
            #expect(found.payload == "Wikipedia in \r\n\r\nchunks.")
            #expect(pieces == 100 ? found.rest == 4 : found.rest >= 1)
        }
    }

    @Test(
        "Malformed chunks are refused",
        arguments: [
            "\r\n", "g\r\n", "-1\r\n", "1 \r\na\r\n", "1\na\r\n", "1\r\nab\r\n", "1\r\na\n0\r\n\r\n",
            "1;a\nb\r\na\r\n0\r\n\r\n",
            "0\r\n bad: x\r\n\r\n", "10000000000000000\r\n",
        ])
    func badChunk(_ text: String) { #expect(throws: WireDefect.chunk) { _ = try scan(text, pieces: 100) } }

    @Test func `answers are read as they are meant`() throws {
        func head(_ text: String, isHead: Bool = false) throws(WireDefect) -> ResponseHead {
            try ResponseHead(ByteBuffer(string: text), isHead: isHead)
        }
        #expect(try head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").framing == .length(5))
        #expect(try head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", isHead: true).framing == .none)
        #expect(try head("HTTP/1.1 204 No Content\r\n\r\n").framing == .none)
        #expect(try head("HTTP/1.1 200\r\n\r\n").framing == .untilClose)
        #expect(
            try head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n").keepsAlive == false)
        #expect(throws: WireDefect.contentLength) {
            _ = try head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")
        }
        #expect(throws: WireDefect.startLine) { _ = try head("HTTP/1.1 OK\r\n\r\n") }
    }
}
