import Kube
import Problems

/// Keeps the EndpointSlices of each Service in step with the pods that it selects.
struct EndpointSliceController: Reconciler {
    static let name = "endpoint-slice-controller"
    let view: ClusterView
    let client: ClusterClient

    func reconcile(_ key: ObjectKey) async throws -> Duration? {
        // The slices of a Service that is gone go with it, by their owner reference.
        guard let service = view.services.get(key) else { return nil }
        let plan = EndpointSlicePlan.make(gather(service))
        for slice in plan.create { view.endpointSlices.upsert(try await client.create(slice)) }
        for slice in plan.update { view.endpointSlices.upsert(try await client.replace(slice)) }
        for slice in plan.delete { try await client.deleteIfPresent(EndpointSlice.self, slice) }
        return nil
    }

    private func gather(_ service: Service) -> EndpointSliceFacts {
        let slices = view.endpointSlices.all(in: service.namespace).filter {
            $0.metadata.labels?[EndpointSlice.serviceLabel] == service.name
                && $0.metadata.labels?[EndpointSlicePlan.managerLabel] == EndpointSlicePlan.manager
                && $0.metadata.deletionTimestamp == nil
        }
        return EndpointSliceFacts(service: service, pods: view.pods.all(in: service.namespace), slices: slices)
    }
}
