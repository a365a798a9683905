import Containers
import Node
import OCI
import Registry

/// The node takes images from the registry in the same process, and through it from any other registry.
struct RegistryImages: ImageSource {
    let store: RegistryStore
    let client: RegistryClient
    let layers: LayerStore

    func resolve(_ reference: String, policy: ImagePullPolicy) async throws -> NodeImage {
        let reference = try ImageReference(reference)
        let isOwn = store.ownRepository(for: reference) != nil
        var found = try await store.find(reference)
        var wasFetched = false
        if found == nil || (policy == .always && !isOwn && reference.digest == nil) {
            switch policy {
            case .never where found == nil: throw NodeProblem.imageAbsent(reference: "\(reference)")
            case .never: break
            case .always, .ifNotPresent:
                do {
                    found = try await client.pull(reference, into: store)
                    wasFetched = true
                } catch  where found != nil {
                    // What is here still serves when the other registry can't be reached.
                }
            }
        }
        guard let image = found else { throw NodeProblem.imageAbsent(reference: "\(reference)") }
        var directories: [String] = []
        for layer in image.layers {
            directories.append(try await layers.unpacked(layer.diffID, from: layer.descriptor.digest))
        }
        return NodeImage(
            digest: image.digest, configuration: image.configuration.config ?? ImageConfiguration.Execution(),
            layers: directories,
            wasFetched: wasFetched)
    }
}
