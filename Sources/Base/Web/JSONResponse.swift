import FoundationEssentials
import HTTPTypes
package import Hummingbird
import NIOCore

extension Response {
    /// An answer in JSON: sorted keys, dates in ISO 8601.
    package static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return .bytes(Array(try encoder.encode(value)), contentType: "application/json", status: status)
    }

    /// An answer whose body is at hand.
    package static func bytes(_ bytes: [UInt8], contentType: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = contentType
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// An answer whose body comes over time, such as a log; the peer's slowness slows the sequence.
    package static func stream<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces, contentType: String, status: HTTPResponse.Status = .ok
    ) -> Response where Pieces.Element == [UInt8] {
        var headers = HTTPFields()
        headers[.contentType] = contentType
        return Response(
            status: status, headers: headers,
            body: ResponseBody { writer in
                for try await piece in pieces { try await writer.write(ByteBuffer(bytes: piece)) }
                try await writer.finish(nil)
            })
    }
}
