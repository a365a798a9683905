import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import PortKit
import Ships
import Testing

@Suite("the ships service")
struct ShipRoutesTests {
    /// 2026-01-31T12:00:00Z
    static let now = Date(timeIntervalSince1970: 1_769_860_800)
    static let ship = #"{"imo":"9074729","name":"Estrella  del Mar","type":"container","flag":"ES"}"#

    func serve(_ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let store = try ShipStore(path: ":memory:")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = PortService(name: "ships", logger: logger, ready: store.check) { router in
            ShipRoutes(store: store, now: { Self.now }).add(to: router)
        }
        try await Application(router: service.router()).test(.router, test)
    }

    func body(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    @Test("is healthy and ready")
    func health() async throws {
        try await serve { client in
            try await client.execute(uri: "/healthz", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/readyz", method: .get) { #expect($0.status == .ok) }
        }
    }

    @Test("starts with no ships")
    func empty() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .get) { response in
                #expect(response.status == .ok)
                #expect(String(buffer: response.body) == #"{"ships":[]}"#)
            }
        }
    }

    @Test("registers a ship, tidies its name, and shows it")
    func register() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) { response in
                #expect(response.status == .created)
                #expect(response.headers[.location] == "/ships/9074729")
            }
            try await client.execute(uri: "/ships/9074729", method: .get) { response in
                #expect(
                    String(buffer: response.body)
                        == #"{"flag":"ES","imo":"9074729","name":"Estrella del Mar","type":"container"}"#)
            }
        }
    }

    @Test("refuses a second ship with the same number")
    func duplicate() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .created)
            }
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .conflict)
            }
        }
    }

    @Test(
        "names the field that is wrong",
        arguments: [
            (#"{"imo":"9074728","name":"A","type":"tug","flag":"ES"}"#, "imo"),
            (#"{"imo":"9074729","name":"","type":"tug","flag":"ES"}"#, "name"),
            (#"{"imo":"9074729","name":"A","type":"canoe","flag":"ES"}"#, "type"),
            (#"{"imo":"9074729","name":"A","type":"tug","flag":"es"}"#, "flag"),
            (#"{"imo":"9074729","name":"A","type":"tug"}"#, "flag"),
            (#"{"imo":9074729,"name":"A","type":"tug","flag":"ES"}"#, "imo"),
        ])
    func mistakes(input: String, field: String) async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(input)) { response in
                #expect(response.status == .unprocessableContent)
                #expect(String(buffer: response.body).contains("\"\(field)\":"))
            }
        }
    }

    @Test("reports every mistake at once")
    func allMistakes() async throws {
        try await serve { client in
            let input = #"{"imo":"1","name":"","type":"x","flag":"y"}"#
            try await client.execute(uri: "/ships", method: .post, body: body(input)) { response in
                let text = String(buffer: response.body)
                for field in ["imo", "name", "type", "flag"] { #expect(text.contains("\"\(field)\":")) }
            }
        }
    }

    @Test("refuses a body that is not JSON")
    func notJSON() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body("{")) {
                #expect($0.status == .badRequest)
            }
        }
    }

    @Test("does not know a ship that was never registered")
    func unknown() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships/9074729", method: .get) { #expect($0.status == .notFound) }
            try await client.execute(uri: "/ships/9074728", method: .get) {
                #expect($0.status == .unprocessableContent)
            }
        }
    }

    @Test("shows the newest position with the ship")
    func position() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .created)
            }
            for (latitude, at) in [
                (36.0, "2026-01-31T10:00:00Z"), (36.5, "2026-01-31T11:00:00Z"), (35.5, "2026-01-31T09:00:00Z"),
            ] {
                let input = #"{"latitude":\#(latitude),"longitude":-5.4,"speed":12.5,"at":"\#(at)"}"#
                try await client.execute(uri: "/ships/9074729/position", method: .put, body: body(input)) {
                    #expect($0.status == .ok)
                }
            }
            try await client.execute(uri: "/ships/9074729", method: .get) { response in
                #expect(String(buffer: response.body).contains("\"latitude\":36.5"))
            }
            try await client.execute(uri: "/ships/9074729/positions?limit=2", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(text.contains("36.5") && text.contains("36,") && !text.contains("35.5"))
            }
        }
    }

    @Test(
        "refuses positions that cannot be",
        arguments: [
            (#"{"latitude":90.1,"longitude":0,"at":"2026-01-31T10:00:00Z"}"#, "latitude"),
            (#"{"latitude":0,"longitude":-180.1,"at":"2026-01-31T10:00:00Z"}"#, "longitude"),
            (#"{"latitude":0,"longitude":0,"speed":61,"at":"2026-01-31T10:00:00Z"}"#, "speed"),
            (#"{"latitude":0,"longitude":0,"course":360,"at":"2026-01-31T10:00:00Z"}"#, "course"),
            (#"{"latitude":0,"longitude":0,"at":"2026-01-31T13:00:00Z"}"#, "at"),
            (#"{"latitude":0,"longitude":0,"at":"yesterday"}"#, "at"),
        ])
    func impossiblePosition(input: String, field: String) async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .created)
            }
            try await client.execute(uri: "/ships/9074729/position", method: .put, body: body(input)) { response in
                #expect(response.status == .unprocessableContent)
                #expect(String(buffer: response.body).contains("\"\(field)\":"))
            }
        }
    }

    @Test("keeps the calls at ports, newest first")
    func arrivals() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .created)
            }
            for (port, at) in [("ESALG", "2026-01-01T00:00:00Z"), ("NLRTM", "2026-01-05T00:00:00Z")] {
                try await client.execute(
                    uri: "/ships/9074729/arrivals", method: .post, body: body(#"{"port":"\#(port)","at":"\#(at)"}"#)
                ) { #expect($0.status == .created) }
            }
            try await client.execute(uri: "/ships/9074729/arrivals", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(text.hasPrefix(#"[{"at":"2026-01-05T00:00:00Z","port":"NLRTM"}"#))
            }
        }
    }

    @Test("refuses a port that is not a UN/LOCODE", arguments: ["ESAL", "esalg", "ES1LG", "ESALGE"])
    func badPort(port: String) async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .created)
            }
            try await client.execute(
                uri: "/ships/9074729/arrivals", method: .post,
                body: body(#"{"port":"\#(port)","at":"2026-01-01T00:00:00Z"}"#)
            ) { #expect($0.status == .unprocessableContent) }
        }
    }

    @Test("removes a ship with all that belongs to it")
    func remove() async throws {
        try await serve { client in
            try await client.execute(uri: "/ships", method: .post, body: body(Self.ship)) {
                #expect($0.status == .created)
            }
            try await client.execute(uri: "/ships/9074729", method: .delete) { #expect($0.status == .noContent) }
            try await client.execute(uri: "/ships/9074729", method: .get) { #expect($0.status == .notFound) }
            try await client.execute(uri: "/ships/9074729", method: .delete) { #expect($0.status == .notFound) }
        }
    }

    @Test("pages through the list")
    func pages() async throws {
        try await serve { client in
            for imo in ["9074729", "9176187", "8814275"] {
                let input = #"{"imo":"\#(imo)","name":"A","type":"tug","flag":"ES"}"#
                try await client.execute(uri: "/ships", method: .post, body: body(input)) {
                    #expect($0.status == .created)
                }
            }
            try await client.execute(uri: "/ships?limit=2", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(text.contains(#""next":"9074729""#) && !text.contains("9176187"))
            }
            try await client.execute(uri: "/ships?limit=2&after=9074729", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(text.contains("9176187") && !text.contains("next"))
            }
            try await client.execute(uri: "/ships?limit=0", method: .get) {
                #expect($0.status == .unprocessableContent)
            }
        }
    }
}
