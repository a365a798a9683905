/// What a sentence in the channel asks for.
package enum ChatIntent: Sendable, Equatable {
    /// Deliver a commit as far as an environment.
    case deploy(environment: String, app: String?, ref: String?)
    case promote(environment: String, app: String?)
    case approve(environment: String, app: String?)
    case abort(environment: String, app: String?)
    case rollback(environment: String, app: String?, release: String?)
    /// Nothing new may begin in an environment. `until`: as it was written.
    case freeze(environment: String, app: String?, until: String?, reason: String)
    case unfreeze(environment: String, app: String?)
    case status
    /// The latest incident.
    case alert
    case help
    /// A verb that needs more words than were given.
    case incomplete(verb: String, example: String)
    /// Addressed to Estiba, but not understood.
    case unknown(word: String)
    /// Not addressed to Estiba.
    case talk
}

/// Understands the sentences of the channel, in English and Spanish.
///
///     @estiba deploy prod
///     despliegue prod
///     rollback prod porttrack-41
package enum ChatGrammar {
    /// How Estiba is addressed.
    package static let name = "@estiba"

    private enum Verb: CaseIterable {
        case deploy, promote, approve, abort, rollback, freeze, unfreeze, status, alert, help

        var words: [String] {
            switch self {
            case .deploy: ["deploy", "deliver", "despliegue", "despliega", "desplegar"]
            case .promote: ["promote", "promueve", "promover"]
            case .approve: ["approve", "aprueba", "aprobar"]
            case .abort: ["abort", "stop", "aborta", "para"]
            case .rollback: ["rollback", "revert", "revierte", "revertir", "deshacer"]
            case .freeze: ["freeze", "congela", "congelar"]
            case .unfreeze: ["unfreeze", "descongela", "descongelar"]
            case .status: ["status", "estado"]
            case .alert: ["alert", "alerts", "alerta", "alertas", "incident", "incidente"]
            case .help: ["help", "ayuda"]
            }
        }

        /// Whether the word alone, without `@estiba`, is taken as a request: not where people use it in conversation.
        var standsAlone: Bool {
            switch self {
            case .abort, .help: false
            default: true
            }
        }

        var example: String {
            switch self {
            case .deploy: "deploy prod"
            case .promote: "promote prod"
            case .approve: "approve prod"
            case .abort: "@estiba abort prod"
            case .rollback: "rollback prod"
            case .freeze: "freeze prod 2d holidays"
            case .unfreeze: "unfreeze prod"
            case .status, .alert, .help: words[0]
            }
        }
    }

    /// Every word that Estiba understands as a verb.
    package static var verbs: [String] { Verb.allCases.flatMap(\.words) }

    /// What `text` asks for.
    package static func parse(_ text: String) -> ChatIntent {
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        let isAddressed = words.first.map { trim($0).lowercased() == name } ?? false
        if isAddressed { words.removeFirst() }
        guard let first = words.first.map({ trim($0).lowercased() }) else { return isAddressed ? .help : .talk }
        guard let verb = Verb.allCases.first(where: { $0.words.contains(first) }) else {
            return isAddressed ? .unknown(word: first) : .talk
        }
        // A verb that opens a longer sentence is conversation, unless Estiba is addressed.
        if !isAddressed, !verb.standsAlone || words.count > (verb == .freeze ? 12 : 4) { return .talk }
        return intent(verb, words.dropFirst().map(trim), isAddressed: isAddressed)
    }

    private static func intent(_ verb: Verb, _ words: [String], isAddressed: Bool) -> ChatIntent {
        switch verb {
        case .status: return words.isEmpty || isAddressed ? .status : .talk
        case .alert: return words.isEmpty || isAddressed ? .alert : .talk
        case .help: return .help
        case .deploy, .promote, .approve, .abort, .rollback, .freeze, .unfreeze: break
        }
        guard let target = words.first, !target.isEmpty else {
            return .incomplete(verb: verb.words[0], example: verb.example)
        }
        // `prod`, or `porttrack/prod`
        let parts = target.split(separator: "/").map(String.init)
        let environment = parts.last ?? target
        let app = parts.count == 2 ? parts[0] : nil
        let rest = words.count > 1 ? words[1] : nil
        switch verb {
        case .deploy: return .deploy(environment: environment, app: app, ref: rest)
        case .promote: return .promote(environment: environment, app: app)
        case .approve: return .approve(environment: environment, app: app)
        case .abort: return .abort(environment: environment, app: app)
        case .rollback: return .rollback(environment: environment, app: app, release: rest)
        case .freeze:
            let until = rest.flatMap { $0.first?.isNumber == true ? $0 : nil }
            let reason = words.dropFirst(until == nil ? 1 : 2).joined(separator: " ")
            return .freeze(environment: environment, app: app, until: until, reason: reason)
        case .unfreeze: return .unfreeze(environment: environment, app: app)
        case .status, .alert, .help: return .help
        }
    }

    private static func trim(_ word: String) -> String {
        String(word.drop { ",:;.!?`".contains($0) }.reversed().drop { ",:;.!?`".contains($0) }.reversed())
    }
}
