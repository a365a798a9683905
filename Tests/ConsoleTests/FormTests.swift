import Delivery
import Testing

@testable import Console

@Suite("forms")
struct FormTests {
    @Test(
        "an origin is the console's own when host and port agree",
        arguments: [
            ("http://localhost:8000", "localhost:8000", true), ("https://estiba.example", "estiba.example", true),
            ("https://estiba.example", "estiba.example:443", true),
            ("http://estiba.example", "estiba.example:80", true),
            ("HTTP://LocalHost:8000", "localhost:8000", true), ("http://[::1]:8000", "[::1]:8000", true),
            ("http://localhost:8001", "localhost:8000", false), ("http://evil.example", "localhost:8000", false),
            ("null", "localhost:8000", false), ("", "localhost:8000", false), ("http://", "", false),
            ("http://localhost:8000@evil.example", "localhost:8000", false),
            ("http://localhost:8000.evil.example", "localhost:8000", false),
            ("file://localhost:8000", "localhost:8000", false), ("https://estiba.example:80", "estiba.example", false),
        ])
    func origins(_ origin: String, _ host: String, _ same: Bool) {
        #expect(FormGuard.isSame(origin: origin, host: host) == same)
    }

    @Test("a form needs its own page, a login, and the type of a form")
    func guarded() throws {
        func check(
            _ origin: String?, _ caller: String?, _ type: String? = "application/x-www-form-urlencoded; charset=UTF-8"
        ) throws -> String {
            try FormGuard.check(origin: origin, host: "h:1", contentType: type, caller: caller)
        }
        #expect(try check("http://h:1", "ana") == "ana")
        #expect(throws: ConsoleProblem.foreignOrigin(nil)) { try check(nil, "ana") }
        #expect(throws: ConsoleProblem.foreignOrigin("http://evil")) { try check("http://evil", nil) }
        #expect(throws: ConsoleProblem.notLoggedIn) { try check("http://h:1", nil) }
        #expect(throws: ConsoleProblem.notAForm(contentType: "text/plain")) {
            try check("http://h:1", "ana", "text/plain")
        }
        #expect(throws: ConsoleProblem.notAForm(contentType: nil)) { try check("http://h:1", "ana", nil) }
    }

    @Test("fields are read as browsers write them")
    func fields() {
        #expect(
            FormFields.parse(Array("text=roll+back%21%0D%0A%C3%A9&app=a&app=b&empty=&bare&=x&bad=%zz%4".utf8)) == [
                "text": "roll back!\r\né", "app": "a", "empty": "", "bare": "", "": "x", "bad": "%zz%4",
            ])
        #expect(FormFields.parse([]).isEmpty)
    }

    static let orders: [ConsoleOrder] = [
        .approve(Port.app, Port.name("prod")), .abort(Port.app, Port.name("prod")),
        .stop(RunID(app: Port.app, number: 4)),
        .promote(Port.app, Port.name("prod"), release: nil), .rollback(Port.app, Port.name("prod"), to: nil),
        .promote(Port.app, Port.name("prod"), release: ReleaseID(app: Port.app, number: 4)),
        .rollback(Port.app, Port.name("prod"), to: ReleaseID(app: Port.app, number: 4)),
    ]

    @Test("what a form sends is the order that it was made for", arguments: orders)
    func roundTrip(_ order: ConsoleOrder) throws {
        let fields = Dictionary(uniqueKeysWithValues: order.fields.map { ($0.name, $0.value) })
        #expect(try ConsoleOrder(verb: order.verb, fields: fields) == order)
        let markup = ActionForm(label: "Do it", question: "Sure?", order: order).html(Viewer(name: "ana")).text
        #expect(markup.contains("action=\"/actions/\(order.verb)\""))
        for field in order.fields { #expect(markup.contains("name=\"\(field.name)\" value=\"\(field.value)\"")) }
    }

    @Test("broken fields are refused by name")
    func broken() {
        #expect(throws: ConsoleProblem.unknownOperation("destroy")) { try ConsoleOrder(verb: "destroy", fields: [:]) }
        #expect(throws: ConsoleProblem.missingField("environment")) {
            try ConsoleOrder(verb: "abort", fields: ["app": "a"])
        }
        #expect(throws: ConsoleProblem.notAField("release", value: "latest")) {
            try ConsoleOrder(verb: "rollback", fields: ["app": "a", "environment": "prod", "release": "latest"])
        }
        #expect(throws: ConsoleProblem.notAField("run", value: "a-4")) {
            try ConsoleOrder(verb: "stop", fields: ["run": "a-4"])
        }
        #expect(throws: NameProblem.self) {
            try ConsoleOrder(verb: "abort", fields: ["app": "../x", "environment": "prod"])
        }
    }

    @Test("who isn't logged in sees what there is to do, and can't do it")
    func readOnly() {
        let markup = ActionForm(label: "Approve", question: "Sure?", order: Self.orders[0]).html(Viewer(name: nil)).text
        #expect(markup.contains("disabled") && markup.contains("estiba login") && !markup.contains("<form"))
    }
}
