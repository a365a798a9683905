import Logging
import PortKit
import Routes

let logger = Logger(label: "routes") { _ in JSONLogHandler() }
let store = try VoyageStore(path: setting("DATABASE", default: "/tmp/routes.db"))
let service = PortService(name: "routes", logger: logger, ready: store.check) { router in
    VoyageRoutes(store: store).add(to: router)
}
try await service.run()
