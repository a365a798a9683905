import FoundationEssentials
import HTTPTypes
import Hummingbird
import PortKit

/// The HTTP interface of the routes service.
package struct VoyageRoutes: Sendable {
    private let store: VoyageStore
    private let now: @Sendable () -> Date

    package init(store: VoyageStore, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.now = now
    }

    package func add(to router: Router<BasicRequestContext>) {
        router.get("/ports") { _, _ in try JSONBody.write(Port.all.values.sorted { $0.locode < $1.locode }) }
        router.get("/ports/{locode}", use: port)
        router.get("/routes", use: list)
        router.post("/routes", use: create)
        router.get("/routes/{id}", use: show)
        router.get("/routes/{id}/estimate", use: estimate)
    }

    private struct RouteInput: Decodable {
        var ports: [String]
    }

    private struct RouteView: Encodable {
        let id: Int64
        let legs: [Leg]
        let miles: Double
    }

    private struct Listing: Encodable {
        let routes: [RouteView]
        let next: Int64?
    }

    @Sendable private func port(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let code = context.parameters.get("locode") ?? ""
        guard let port = Port.all[code] else { throw InputError.notFound("port \(code)") }
        return try JSONBody.write(port)
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let page = try Page(request)
        let voyages = try await store.list(after: Int64(page.after) ?? 0, limit: page.limit)
        return try JSONBody.write(
            Listing(routes: voyages.map(view), next: voyages.count == page.limit ? voyages.last?.id : nil))
    }

    @Sendable private func create(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let input = try await JSONBody.read(RouteInput.self, from: request)
        var validation = Validation()
        validation.check("ports", (2...20).contains(input.ports.count), "must name 2 to 20 ports")
        if let unknown = input.ports.first(where: { Port.all[$0] == nil }) {
            validation.report("ports", "\(unknown) is not a port that is known")
        }
        for (start, end) in zip(input.ports, input.ports.dropFirst()) where start == end {
            validation.report("ports", "\(start) follows itself")
        }
        try validation.finish()
        let voyage = try await store.add(ports: input.ports)
        var response = try JSONBody.write(view(voyage), status: .created)
        response.headers[.location] = "/routes/\(voyage.id)"
        return response
    }

    @Sendable private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try JSONBody.write(view(await store.find(number(context))))
    }

    @Sendable private func estimate(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let voyage = try await store.find(number(context))
        let query = request.uri.queryParameters
        var validation = Validation()
        let speed = query["speed"].map { Double($0) } ?? 14
        validation.check("speed", speed.map { $0 > 0 && $0 <= 60 } ?? false, "must be from 0 to 60 knots")
        let hours = query["hoursInPort"].map { Double($0) } ?? 12
        validation.check("hoursInPort", hours.map { (0...720).contains($0) } ?? false, "must be from 0 to 720")
        let departure = query["departure"].map { try? Date(String($0), strategy: .iso8601) } ?? now()
        validation.check("departure", departure != nil, "must look like 2026-01-31T08:00:00Z")
        try validation.finish()
        guard let speed, let hours, let departure else { throw InputError.mistakes([:]) }
        return try JSONBody.write(
            Estimate.make(
                ports: voyage.ports.compactMap { Port.all[$0] }, departure: departure, speed: speed, hoursInPort: hours)
        )
    }

    private func view(_ voyage: Voyage) -> RouteView {
        let estimate = Estimate.make(
            ports: voyage.ports.compactMap { Port.all[$0] }, departure: Date(timeIntervalSince1970: 0), speed: 1)
        return RouteView(id: voyage.id, legs: estimate.legs, miles: estimate.miles)
    }

    private func number(_ context: BasicRequestContext) throws -> Int64 {
        let text = context.parameters.get("id") ?? ""
        guard let id = Int64(text) else { throw InputError.notFound("route \(text)") }
        return id
    }
}
