import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A request that can't be served as it stands. Clients get every mistake at once:
/// `{"error": "…", "fields": {"imo": "the check digit should be 6"}}`.
package struct InputError: Error, HTTPResponseError, Equatable {
    package let status: HTTPResponse.Status
    package let message: String
    package let fields: [String: String]

    package init(_ status: HTTPResponse.Status, _ message: String, fields: [String: String] = [:]) {
        self.status = status
        self.message = message
        self.fields = fields
    }

    /// The mistakes of a request, by field.
    package static func mistakes(_ fields: [String: String]) -> InputError {
        InputError(.unprocessableContent, "the request has mistakes", fields: fields)
    }

    package static func notFound(_ what: String) -> InputError { InputError(.notFound, "\(what) is not known") }
    package static func conflict(_ what: String) -> InputError { InputError(.conflict, "\(what) exists already") }

    private struct Body: Encodable {
        let error: String
        let fields: [String: String]?
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        let body = try JSONEncoder().encode(Body(error: message, fields: fields.isEmpty ? nil : fields))
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// Collects mistakes field by field and throws them together.
package struct Validation {
    private var fields: [String: String] = [:]

    package init() {}

    package mutating func check(_ field: String, _ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition, fields[field] == nil { fields[field] = message() }
    }

    package mutating func report(_ field: String, _ message: String) {
        if fields[field] == nil { fields[field] = message }
    }

    package func finish() throws(InputError) {
        if !fields.isEmpty { throw InputError.mistakes(fields) }
    }
}
