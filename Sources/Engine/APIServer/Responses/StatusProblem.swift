package import Kube
package import Problems

/// A failure as the Kubernetes API words it (meta/v1 Status).
package struct StatusProblem: Problem, Equatable {
    package let httpStatus: Int
    package let reason: String
    package let message: String
    package var details: JSON?

    package init(_ httpStatus: Int, _ reason: String, _ message: String, details: JSON? = nil) {
        self.httpStatus = httpStatus
        self.reason = reason
        self.message = message
        self.details = details
    }

    package var code: String { "apiserver.\(reason)" }
    package var summary: String { message }
    package var category: ProblemCategory {
        switch httpStatus {
        case 401: .unauthenticated
        case 403: .denied
        case 404: .notFound
        case 409: .conflict
        case 415, 405, 501: .unsupported
        case 429: .exhausted
        case 503: .unavailable
        case 504: .timedOut
        case 400..<500: .invalid
        default: .failed
        }
    }

    /// The Status object.
    package var status: JSON {
        var status: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "reason": .string(reason),
        ]
        if let details { status["details"] = details }
        status["code"] = .int(Int64(httpStatus))
        return status
    }
}

extension StatusProblem {
    static func badRequest(_ message: String) -> StatusProblem { StatusProblem(400, "BadRequest", message) }

    static func notFound(_ kind: ServedKind, _ name: String) -> StatusProblem {
        StatusProblem(
            404, "NotFound", "\(kind.type.qualifiedName) \"\(name)\" not found", details: kind.details(name))
    }

    /// A path that leads nowhere.
    static let unknownPath = StatusProblem(
        404, "NotFound", "the server could not find the requested resource", details: [:])

    static func methodNotAllowed() -> StatusProblem {
        StatusProblem(
            405, "MethodNotAllowed", "the server does not allow this method on the requested resource", details: [:])
    }

    static func alreadyExists(_ kind: ServedKind, _ name: String) -> StatusProblem {
        StatusProblem(
            409, "AlreadyExists", "\(kind.type.qualifiedName) \"\(name)\" already exists", details: kind.details(name))
    }

    static func modified(_ kind: ServedKind, _ name: String) -> StatusProblem {
        conflict(
            kind, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    static func conflict(_ kind: ServedKind, _ name: String, _ why: String) -> StatusProblem {
        StatusProblem(
            409, "Conflict", "Operation cannot be fulfilled on \(kind.type.qualifiedName) \"\(name)\": \(why)",
            details: kind.details(name))
    }

    static func forbidden(_ kind: ServedKind, _ name: String, _ why: String, causes: [JSON] = []) -> StatusProblem {
        var details = kind.details(name)
        if !causes.isEmpty { details["causes"] = .array(causes) }
        return StatusProblem(
            403, "Forbidden", "\(kind.type.qualifiedName) \"\(name)\" is forbidden: \(why)", details: details)
    }

    /// One or more fields have values that can't be.
    static func invalid(_ kind: ServedKind, _ name: String, _ faults: [FieldFault]) -> StatusProblem {
        let label = kind.type.group.isEmpty ? kind.type.kind : "\(kind.type.kind).\(kind.type.group)"
        let texts = faults.map(\.text)
        let text = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
        var details: JSON = ["name": .string(name)]
        if !kind.type.group.isEmpty { details["group"] = .string(kind.type.group) }
        details["kind"] = .string(kind.type.kind)
        details["causes"] = .array(faults.map(\.cause))
        return StatusProblem(422, "Invalid", "\(label) \"\(name)\" is invalid: \(text)", details: details)
    }

    static func expired(_ message: String) -> StatusProblem { StatusProblem(410, "Expired", message) }
}

extension ServedKind {
    /// The `details` of a Status about an object of this kind.
    func details(_ name: String, uid: String? = nil) -> JSON {
        var details: JSON = ["name": .string(name)]
        if !type.group.isEmpty { details["group"] = .string(type.group) }
        details["kind"] = .string(type.plural)
        if let uid { details["uid"] = .string(uid) }
        return details
    }
}
