import APIServer
import Alerts
import Chat
import Commits
import Containers
import Controllers
import Delivery
import Foundation
import Gateway
import Hummingbird
import Identity
import Kube
import Linux
import LogStore
import Logging
import Node
import PodNetwork
import PromQL
import Registry
import Releases
import Scraping
import SeriesStore
import ServiceLifecycle
import Store
import Web
import Workflows

/// Everything that `estiba server` runs, put together in the order of a commit's life.
struct Composition: Sendable {
    /// In the order in which they are started; stopped in the reverse order.
    let services: [any ServiceLifecycle.Service]
    let readiness: Readiness
    let ports: BoundPorts

    static let version = "0.1.0"

    static func make(_ config: ServerConfig, _ data: DataDirectory, logger: Logger) async throws -> Composition {
        let parts = Parts(config: config, data: data, logger: logger)
        let foundation = try await parts.foundation()
        let engine = try await parts.engine(foundation)
        let build = try await parts.build(foundation, engine)
        let observe = try await parts.observe(foundation, engine)
        let deliver = try await parts.deliver(foundation, engine, build, observe)
        let respond = try await parts.respond(foundation, engine, build, observe, deliver)
        return Composition(
            services: engine.services + build.services + observe.services + deliver.services + respond.services,
            readiness: parts.readiness, ports: parts.ports)
    }
}

/// What all bands stand on.
struct Foundations: Sendable {
    let journal: Journal
    let access: Access
    let secrets: SealedSecrets
    let authority: CertificateAuthority
    let blobs: BlobStore
    let ledger: TrafficLedger
}

/// Builds the bands, each from what the ones before it offer.
struct Parts: Sendable {
    let config: ServerConfig
    let data: DataDirectory
    let logger: Logger
    let readiness: Readiness
    let ports: BoundPorts

    init(config: ServerConfig, data: DataDirectory, logger: Logger) {
        self.config = config
        self.data = data
        self.logger = logger
        readiness = Readiness(["kubernetes", "network", "node", "registry", "gateway", "prometheus", "loki", "console"])
        ports = BoundPorts(
            Endpoints(
                pid: ProcessInfo.processInfo.processIdentifier,
                host: config.listen == "0.0.0.0" ? "127.0.0.1" : config.listen))
    }

    func label(_ part: String) -> Logger {
        var logger = logger
        logger[metadataKey: "part"] = "\(part)"
        return logger
    }

    func foundation() async throws -> Foundations {
        Foundations(
            journal: try Journal(path: data.database("journal")), access: try Access.open(data, users: config.users),
            secrets: try SealedSecrets(directory: data.identity),
            authority: try CertificateAuthority.open(directory: data.identity), blobs: try BlobStore(root: data.blobs),
            ledger: TrafficLedger(shards: ProcessInfo.processInfo.activeProcessorCount))
    }

    /// A listener whose readiness and port are noted.
    func listener(
        _ name: String, _ port: Int, _ place: any WritableKeyPath<Endpoints, Int> & Sendable,
        _ responder: some HTTPResponder<WebContext>
    ) -> any ServiceLifecycle.Service {
        let (ports, readiness) = (ports, readiness)
        return WebServer(name: name, host: config.listen, port: port, responder: responder, logger: label(name)) {
            bound in
            ports.set(place, bound)
            await readiness.ready(name)
        }
    }
}
