package import Problems

/// Why the console refuses a request.
package enum ConsoleProblem: Problem, Equatable {
    /// `what`: `run porttrack/99`
    case notFound(what: String)
    case unknownOperation(String)
    case missingField(String)
    case notAField(String, value: String)
    case notAForm(contentType: String?)
    case notLoggedIn
    case foreignOrigin(String?)
    case emptyMessage
    case longMessage(limit: Int)

    package var code: String {
        switch self {
        case .notFound: "console.not-found"
        case .unknownOperation: "console.operation.unknown"
        case .missingField, .notAField: "console.form.field"
        case .notAForm: "console.form.type"
        case .notLoggedIn: "console.login"
        case .foreignOrigin: "console.origin"
        case .emptyMessage, .longMessage: "console.message"
        }
    }

    package var summary: String {
        switch self {
        case .notFound(let what): "there is no \(what)"
        case .unknownOperation(let verb): "there is no operation \"\(verb)\""
        case .missingField(let name): "the form lacks \"\(name)\""
        case .notAField(let name, let value): "\"\(value)\" is not a \(name)"
        case .notAForm(let type): "the request is not a form but \(type ?? "of no type")"
        case .notLoggedIn: "you are not logged in"
        case .foreignOrigin(let origin?): "the form was sent from \(origin), which is not this console"
        case .foreignOrigin(nil): "the form doesn't say from which page it was sent"
        case .emptyMessage: "the message is empty"
        case .longMessage(let limit): "the message is longer than \(limit) characters"
        }
    }

    package var remedy: String? {
        switch self {
        case .notFound: "See the overview for what there is."
        case .unknownOperation: "Use approve, promote, abort, stop or rollback."
        case .missingField, .notAField, .notAForm: "Go back to the page and send its form again."
        case .notLoggedIn: Viewer.hint
        case .foreignOrigin:
            "Open the console itself and send the form from there; a proxy in front must pass on the header \"Host\"."
        case .emptyMessage: "Write something first."
        case .longMessage: "Send it in parts."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .notFound, .unknownOperation: .notFound
        case .missingField, .notAField, .notAForm, .emptyMessage, .longMessage: .invalid
        case .notLoggedIn: .unauthenticated
        case .foreignOrigin: .denied
        }
    }
}
