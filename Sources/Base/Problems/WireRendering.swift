/// Renders problems as the error objects of the protocols that Estiba speaks, as JSON text.
package enum WireRendering {
    /// `{"code", "message", "remedy"}`: Estiba's own REST API.
    package static func rest(_ problem: any Problem) -> String {
        var fields = ["\"code\":\(quote(problem.code))", "\"message\":\(quote(problem.oneLine))"]
        if let remedy = problem.remedy { fields.append("\"remedy\":\(quote(remedy))") }
        return "{\"error\":{\(fields.joined(separator: ","))}}"
    }

    /// The error body of the OCI distribution specification (§ Error Codes).
    package static func oci(code: String, message: String, detail: String? = nil) -> String {
        let detailField = detail.map { ",\"detail\":\(quote($0))" } ?? ""
        return "{\"errors\":[{\"code\":\(quote(code)),\"message\":\(quote(message))\(detailField)}]}"
    }

    /// A Kubernetes `Status` (meta/v1) with `status: Failure`.
    package static func kubernetesStatus(_ problem: any Problem) -> String {
        let reason =
            switch problem.category {
            case .invalid: "BadRequest"
            case .unauthenticated: "Unauthorized"
            case .denied: "Forbidden"
            case .notFound: "NotFound"
            case .conflict: "Conflict"
            case .unsupported: "MethodNotAllowed"
            case .exhausted: "TooManyRequests"
            case .unavailable: "ServiceUnavailable"
            case .timedOut: "Timeout"
            case .cancelled, .failed: "InternalError"
            }
        return """
            {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":\(quote(problem.oneLine)),\
            "reason":"\(reason)","code":\(problem.category.httpStatus)}
            """
    }

    /// For a chat: one paragraph in Slack's mrkdwn.
    package static func chat(_ problem: any Problem) -> String {
        var text = ":warning: *\(problem.summary)*"
        if let cause = problem.cause { text += "\n> " + brief(cause) }
        if let remedy = problem.remedy { text += "\n_" + remedy + "_" }
        return text
    }

    /// A JSON string literal (RFC 8259 §7).
    package static func quote(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
