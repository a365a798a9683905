import Kube
import Problems
import Store

extension ClusterResponse {
    static func json(_ bytes: [UInt8], status: Int = 200, warnings: [String] = []) -> ClusterResponse {
        var headers = ["content-type": "application/json"]
        if !warnings.isEmpty {
            // One header for each would be as good; HTTP joins repeated ones by commas (RFC 9110 §5.3).
            headers["warning"] = warnings.map { "299 - \(WireRendering.quote($0))" }.joined(separator: ", ")
        }
        return ClusterResponse(status: status, headers: headers, body: .bytes(bytes))
    }

    static func json(_ tree: JSON, status: Int = 200, warnings: [String] = []) -> ClusterResponse {
        json(tree.bytes, status: status, warnings: warnings)
    }

    static func text(_ text: String) -> ClusterResponse {
        ClusterResponse(
            status: 200, headers: ["content-type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    /// The Status of an error, whatever it is.
    static func failure(_ error: any Error) -> ClusterResponse {
        switch error {
        case let problem as StatusProblem: return json(problem.status, status: problem.httpStatus)
        case let problem as RevisionProblem:
            if case .compacted = problem { return failure(StatusProblem.expired(problem.summary)) }
            return failure(StatusProblem(409, "Conflict", problem.oneLine))
        case let problem as ClusterProblem:
            if case .status(let code, let reason, let message) = problem {
                return failure(StatusProblem(code, reason, message))
            }
            return json(Array(WireRendering.kubernetesStatus(problem).utf8), status: problem.category.httpStatus)
        case let problem as any Problem:
            return json(Array(WireRendering.kubernetesStatus(problem).utf8), status: problem.category.httpStatus)
        default: return failure(StatusProblem(500, "InternalError", "Internal error occurred: \(brief(error))"))
        }
    }
}
