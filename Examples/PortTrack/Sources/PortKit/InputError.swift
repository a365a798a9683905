import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// A request that can't be served as it stands. Clients get every mistake at once:
/// `{"error": "…", "fields": {"imo": "the check digit should be 6"}}`.
public struct InputError: Error, HTTPResponseError, Equatable {
    public let status: HTTPResponse.Status
    public let message: String
    public let fields: [String: String]

    public init(_ status: HTTPResponse.Status, _ message: String, fields: [String: String] = [:]) {
        self.status = status
        self.message = message
        self.fields = fields
    }

    /// The mistakes of a request, by field.
    public static func mistakes(_ fields: [String: String]) -> InputError {
        InputError(.unprocessableContent, "the request has mistakes", fields: fields)
    }

    public static func notFound(_ what: String) -> InputError { InputError(.notFound, "\(what) is not known") }
    public static func conflict(_ what: String) -> InputError { InputError(.conflict, "\(what) exists already") }

    private struct Body: Encodable {
        let error: String
        let fields: [String: String]?
    }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        let body = try JSONEncoder().encode(Body(error: message, fields: fields.isEmpty ? nil : fields))
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// Collects mistakes field by field and throws them together.
public struct Validation {
    private var fields: [String: String] = [:]

    public init() {}

    public mutating func check(_ field: String, _ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition, fields[field] == nil { fields[field] = message() }
    }

    public mutating func report(_ field: String, _ message: String) {
        if fields[field] == nil { fields[field] = message }
    }

    public func finish() throws(InputError) {
        if !fields.isEmpty { throw InputError.mistakes(fields) }
    }
}
