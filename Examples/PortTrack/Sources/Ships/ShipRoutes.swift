import FoundationEssentials
import HTTPTypes
import Hummingbird
import PortKit

/// The HTTP interface of the ships service.
package struct ShipRoutes: Sendable {
    private let store: ShipStore
    private let now: @Sendable () -> Date

    package init(store: ShipStore, now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        self.now = now
    }

    package func add(to router: Router<BasicRequestContext>) {
        router.get("/ships", use: list)
        router.post("/ships", use: register)
        router.get("/ships/{imo}", use: show)
        router.delete("/ships/{imo}", use: remove)
        router.put("/ships/{imo}/position", use: report)
        router.get("/ships/{imo}/positions", use: positions)
        router.post("/ships/{imo}/arrivals", use: record)
        router.get("/ships/{imo}/arrivals", use: arrivals)
    }

    private struct Listing: Encodable {
        let ships: [Ship]
        /// The key for the next page, if there is one.
        let next: String?
    }

    @Sendable private func list(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let page = try Page(request)
        let ships = try await store.list(page)
        return try JSONBody.write(Listing(ships: ships, next: ships.count == page.limit ? ships.last?.imo.value : nil))
    }

    @Sendable private func register(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let ship = try await JSONBody.read(ShipInput.self, from: request).ship()
        try await store.add(ship)
        var response = try JSONBody.write(ship, status: .created)
        response.headers[.location] = "/ships/\(ship.imo)"
        return response
    }

    @Sendable private func show(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try JSONBody.write(await store.find(number(context)))
    }

    @Sendable private func remove(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try await store.remove(number(context))
        return Response(status: .noContent)
    }

    @Sendable private func report(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let imo = try number(context)
        let position = try await JSONBody.read(Position.self, from: request)
        try position.validate(now: now())
        try await store.report(position, of: imo)
        return try JSONBody.write(position)
    }

    @Sendable private func positions(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try JSONBody.write(await store.positions(of: number(context), limit: Page(request).limit))
    }

    @Sendable private func record(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let imo = try number(context)
        let arrival = try await JSONBody.read(Arrival.self, from: request)
        try arrival.validate()
        try await store.record(arrival, of: imo)
        return try JSONBody.write(arrival, status: .created)
    }

    @Sendable private func arrivals(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        try JSONBody.write(await store.arrivals(of: number(context), limit: Page(request).limit))
    }

    private func number(_ context: BasicRequestContext) throws -> IMONumber {
        do throws(IMONumber.Mistake) {
            return try IMONumber(context.parameters.get("imo") ?? "")
        } catch {
            throw InputError.mistakes(["imo": error.message])
        }
    }
}
