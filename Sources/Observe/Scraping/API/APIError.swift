import HTTPTypes
import Hummingbird
import Kube
import Problems
import PromQL
import Web

/// A failure in the words of the HTTP API. https://prometheus.io/docs/prometheus/latest/querying/api/
enum APIError: Error {
    case badData(String)
    case execution(String)
    case timeout(String)
    case canceled(String)
    case unavailable(String)
    case internalError(String)

    init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let problem as PromQLProblem:
            if case .syntax = problem {
                self = .badData("invalid parameter \"query\": \(problem.message)")
            } else {
                self = .execution(problem.message)
            }
        case is CancellationError: self = .canceled("query was canceled in query execution")
        case let problem as any Problem:
            switch problem.category {
            case .timedOut: self = .timeout(problem.summary)
            case .invalid: self = .badData(problem.oneLine)
            case .unavailable: self = .unavailable(problem.oneLine)
            default: self = .internalError(problem.oneLine)
            }
        default: self = .internalError(brief(error))
        }
    }

    var response: Response {
        let (type, text, status): (String, String, HTTPResponse.Status) =
            switch self {
            case .badData(let text): ("bad_data", text, .badRequest)
            case .execution(let text): ("execution", text, .unprocessableContent)
            case .timeout(let text): ("timeout", text, .serviceUnavailable)
            case .canceled(let text):
                ("canceled", text, HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"))
            case .unavailable(let text): ("unavailable", text, .serviceUnavailable)
            case .internalError(let text): ("internal", text, .internalServerError)
            }
        let body: JSON = ["status": "error", "errorType": .string(type), "error": .string(text)]
        return .bytes(body.bytes, contentType: "application/json", status: status)
    }
}
