import Chat
import Testing

@Suite("what people write in the channel")
struct ChatGrammarTests {
    static let cases: [(String, ChatIntent)] = [
        ("deploy prod", .deploy(environment: "prod", app: nil, ref: nil)),
        ("despliegue prod", .deploy(environment: "prod", app: nil, ref: nil)),
        ("@estiba deploy porttrack/prod 3f2a9c1", .deploy(environment: "prod", app: "porttrack", ref: "3f2a9c1")),
        ("@Estiba: rollback prod!", .rollback(environment: "prod", app: nil, release: nil)),
        ("rollback prod porttrack-41", .rollback(environment: "prod", app: nil, release: "porttrack-41")),
        ("revierte prod", .rollback(environment: "prod", app: nil, release: nil)),
        ("approve prod", .approve(environment: "prod", app: nil)),
        ("promote prod", .promote(environment: "prod", app: nil)),
        ("@estiba stop dev", .abort(environment: "dev", app: nil)),
        ("status", .status), ("estado", .status), ("alerta", .alert), ("alert", .alert),
        ("@estiba", .help), ("@estiba help", .help),
        ("deploy", .incomplete(verb: "deploy", example: "deploy prod")),
        ("@estiba dance", .unknown(word: "dance")),
        ("hello", .talk), ("", .talk), ("stop it", .talk), ("status looks fine", .talk),
        ("deploy to prod was slow today, wasn't it", .talk),
    ]

    @Test("is understood", arguments: cases)
    func parse(text: String, intent: ChatIntent) {
        #expect(ChatGrammar.parse(text) == intent)
    }
}
