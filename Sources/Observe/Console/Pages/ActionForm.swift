import Delivery

/// A small form that asks for an operation, after a second look: a disclosure that holds the question and the button.
struct ActionForm {
    var label: String
    /// What happens, for the second look.
    var question: String
    var tone: Tone = .plain
    var order: ConsoleOrder

    enum Tone: String { case plain, primary, danger }

    func html(_ viewer: Viewer) -> HTML {
        guard viewer.name != nil else {
            return
                "<button class=\"button\" type=\"button\" disabled title=\"\(Viewer.hint)\">\(label)</button>"
        }
        let fields = order.fields.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" as HTML }
        return """
            <details class="act" data-key="act-\(order.verb)-\(order.fields.map(\.value).joined(separator: "-"))">\
            <summary class="button \(tone.rawValue)">\(label)</summary>\
            <form method="post" action="/actions/\(order.verb)" class="ask">\(fields)<p>\(question)</p>\
            <button class="button \(tone == .danger ? "danger solid" : "primary solid")" type="submit">Yes, \(label.prefix(1).lowercased() + label.dropFirst())</button>\
            </form></details>
            """
    }
}

extension ConsoleOrder {
    /// The last segment of the address that takes it.
    var verb: String {
        switch self {
        case .approve: "approve"
        case .promote: "promote"
        case .abort: "abort"
        case .stop: "stop"
        case .rollback: "rollback"
        }
    }

    /// The form's hidden fields.
    var fields: [(name: String, value: String)] {
        switch self {
        case .approve(let app, let environment), .abort(let app, let environment):
            [("app", app.value), ("environment", environment.value)]
        case .promote(let app, let environment, let release), .rollback(let app, let environment, let release):
            [("app", app.value), ("environment", environment.value)]
                + (release.map { [("release", $0.description)] } ?? [])
        case .stop(let run): [("run", run.description)]
        }
    }

    /// Reads what the form sends.
    init(verb: String, fields: [String: String]) throws {
        func name(_ field: String) throws -> ResourceName {
            guard let value = fields[field], !value.isEmpty else { throw ConsoleProblem.missingField(field) }
            return try ResourceName(value)
        }
        func release() throws -> ReleaseID? {
            guard let value = fields["release"], !value.isEmpty else { return nil }
            guard let id = ReleaseID(value) else { throw ConsoleProblem.notAField("release", value: value) }
            return id
        }
        switch verb {
        case "approve": self = .approve(try name("app"), try name("environment"))
        case "promote": self = .promote(try name("app"), try name("environment"), release: try release())
        case "abort": self = .abort(try name("app"), try name("environment"))
        case "rollback": self = .rollback(try name("app"), try name("environment"), to: try release())
        case "stop":
            guard let value = fields["run"] else { throw ConsoleProblem.missingField("run") }
            guard let run = RunID(value) else { throw ConsoleProblem.notAField("run", value: value) }
            self = .stop(run)
        default: throw ConsoleProblem.unknownOperation(verb)
        }
    }
}
