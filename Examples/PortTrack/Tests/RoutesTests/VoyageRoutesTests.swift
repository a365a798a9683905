import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import PortKit
import Routes
import Testing

@Suite("the routes service")
struct VoyageRoutesTests {
    func serve(_ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let store = try VoyageStore(path: ":memory:")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = PortService(name: "routes", logger: logger, ready: store.check) { router in
            VoyageRoutes(store: store, now: { Date(timeIntervalSince1970: 1_767_225_600) }).add(to: router)
        }
        try await Application(router: service.router()).test(.router, test)
    }

    func create(_ client: any TestClientProtocol, _ ports: String, _ status: HTTPResponse.Status = .created)
        async throws
    {
        try await client.execute(uri: "/routes", method: .post, body: ByteBuffer(string: #"{"ports":\#(ports)}"#)) {
            #expect($0.status == status)
        }
    }

    @Test("lists the ports in order")
    func ports() async throws {
        try await serve { client in
            try await client.execute(uri: "/ports", method: .get) { response in
                #expect(String(buffer: response.body).hasPrefix(#"[{"latitude":-33.86,"locode":"AUSYD""#))
            }
            try await client.execute(uri: "/ports/ESALG", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/ports/XXXXX", method: .get) { #expect($0.status == .notFound) }
        }
    }

    @Test("creates a route and shows its legs")
    func route() async throws {
        try await serve { client in
            try await create(client, #"["ESALG","NLRTM","DEHAM"]"#)
            try await client.execute(uri: "/routes/1", method: .get) { response in
                let text = String(buffer: response.body)
                #expect(text.contains(#""from":"ESALG""#) && text.contains(#""to":"DEHAM""#))
            }
            try await client.execute(uri: "/routes", method: .get) {
                #expect(String(buffer: $0.body).contains(#""id":1"#))
            }
        }
    }

    @Test(
        "refuses impossible routes",
        arguments: ["[]", #"["ESALG"]"#, #"["ESALG","ESALG"]"#, #"["ESALG","XXXXX"]"#, #""ESALG""#])
    func impossible(ports: String) async throws {
        try await serve { client in try await create(client, ports, .unprocessableContent) }
    }

    @Test("does not know a route that was never created", arguments: ["/routes/7", "/routes/x", "/routes/7/estimate"])
    func unknown(path: String) async throws {
        try await serve { client in
            try await client.execute(uri: path, method: .get) { #expect($0.status == .notFound) }
        }
    }

    @Test("estimates the arrival from departure and speed")
    func estimate() async throws {
        try await serve { client in
            try await create(client, #"["ESALG","MAPTM"]"#)
            try await client.execute(uri: "/routes/1/estimate?speed=15&departure=2026-01-01T00:00:00Z", method: .get) {
                response in
                let text = String(buffer: response.body)
                #expect(response.status == .ok)
                #expect(text.contains(#""arrivals":["2026-01-01T0"#))
            }
        }
    }

    @Test("an estimate without a departure leaves now")
    func departsNow() async throws {
        try await serve { client in
            try await create(client, #"["ESALG","MAPTM"]"#)
            try await client.execute(uri: "/routes/1/estimate", method: .get) {
                #expect(String(buffer: $0.body).contains("2026-01-01T0"))
            }
        }
    }

    @Test(
        "refuses estimates that make no sense",
        arguments: ["speed=0", "speed=fast", "speed=61", "departure=soon", "hoursInPort=-1"])
    func badEstimate(query: String) async throws {
        try await serve { client in
            try await create(client, #"["ESALG","MAPTM"]"#)
            try await client.execute(uri: "/routes/1/estimate?\(query)", method: .get) {
                #expect($0.status == .unprocessableContent)
            }
        }
    }
}
