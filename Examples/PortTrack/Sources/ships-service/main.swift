import Logging
import PortKit
import Ships

let logger = Logger(label: "ships") { _ in JSONLogHandler() }
let store = try ShipStore(path: setting("DATABASE", default: "/tmp/ships.db"))
let service = PortService(name: "ships", logger: logger, ready: store.check) { router in
    ShipRoutes(store: store).add(to: router)
}
try await service.run()
