import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// JSON in and out, with dates in ISO 8601.
package enum JSONBody {
    /// Decodes a request's body; a body that doesn't fit becomes an `InputError` naming the field.
    package static func read<Value: Decodable>(_ type: Value.Type, from request: Request) async throws -> Value {
        let buffer = try await request.body.collect(upTo: 1 << 20)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let date = try? Date(container.decode(String.self), strategy: .iso8601) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
            }
            return date
        }
        do {
            return try decoder.decode(type, from: Data(buffer.readableBytesView))
        } catch DecodingError.keyNotFound(let key, _) {
            throw InputError.mistakes([key.stringValue: "is missing"])
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let field = context.codingPath.last?.stringValue ?? "body"
            throw InputError.mistakes([field: "has the wrong type"])
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.last != nil {
            throw InputError.mistakes([context.codingPath.last?.stringValue ?? "body": "has the wrong format"])
        } catch {
            throw InputError(.badRequest, "the body is not JSON")
        }
    }

    package static func write(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let bytes = try encoder.encode(value)
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
