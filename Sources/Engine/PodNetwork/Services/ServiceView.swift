package import Kube
import Synchronization

/// What is known of services and their endpoints at one moment.
package struct ServiceSnapshot: Sendable {
    package var services: [String: Service] = [:]
    package var slices: [String: EndpointSlice] = [:]

    package init(services: [Service] = [], slices: [EndpointSlice] = []) {
        self.services = Dictionary(services.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        self.slices = Dictionary(slices.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    }

    package var portals: [ServicePortal] { ServicePortal.all(services: services.values, slices: slices.values) }
}

/// Follows services and endpoint slices. A snapshot is there once both were listed: rules that an earlier process left
/// must not be replaced by half the truth.
final class ServiceView: Sendable {
    private struct State {
        var snapshot = ServiceSnapshot()
        var hasServices = false
        var hasSlices = false
    }

    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    /// Yields after changes; several changes may give one signal.
    let changes: AsyncStream<Void>

    init() { (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Nil before both collections are known.
    var snapshot: ServiceSnapshot? { state.withLock { $0.hasServices && $0.hasSlices ? $0.snapshot : nil } }

    func apply(_ change: Reflector<Service>.Change) {
        state.withLock { state in
            switch change {
            case .replaced(let all):
                state.snapshot.services = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
                state.hasServices = true
            case .upserted(let service): state.snapshot.services[service.key] = service
            case .deleted(let service): state.snapshot.services[service.key] = nil
            }
        }
        signal.yield()
    }

    func apply(_ change: Reflector<EndpointSlice>.Change) {
        state.withLock { state in
            switch change {
            case .replaced(let all):
                state.snapshot.slices = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
                state.hasSlices = true
            case .upserted(let slice): state.snapshot.slices[slice.key] = slice
            case .deleted(let slice): state.snapshot.slices[slice.key] = nil
            }
        }
        signal.yield()
    }
}
