import Delivery
import Foundation
import Images
import OCI
import Releases

/// The image builder as a step of the pipeline; images stand in the registry as `APP/NAME`.
struct PipelineImages: ImageBuilding {
    let builder: ImageBuilder
    /// The registry's host and port in the names of images.
    let registry: String

    func build(_ order: ImageOrder, report: @escaping @Sendable (String) async -> Void) async throws -> BuiltImage {
        let recipe = order.recipe
        let name = "\(registry)/\(order.revision.app)/\(recipe.name)"
        var request = BuildRequest(
            context: order.checkout + "/" + recipe.context,
            references: [try ImageReference("\(name):\(order.revision.shortCommit)")])
        request.dockerfile = order.checkout + "/" + recipe.dockerfile
        request.root = order.checkout
        request.target = recipe.target
        request.arguments = recipe.arguments
        request.created = Int64(order.revision.committedAt.timeIntervalSince1970)
        request.labels = ["org.opencontainers.image.revision": order.revision.commit]
        let (lines, feed) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(50))
        async let reporting: Void = { for await line in lines { await report(line) } }()
        let result: BuildResult
        do {
            result = try await builder.build(request) { event in
                switch event {
                case .started(let step): feed.yield("step \(step.number)/\(step.total) \(step.text)")
                case .log(let step, let line): feed.yield("step \(step.number)/\(step.total) \(line)")
                case .cached, .finished, .failed, .warning, .exported: break
                }
            }
        } catch {
            feed.finish()
            await reporting
            throw error
        }
        feed.finish()
        await reporting
        return BuiltImage(
            reference: "\(name)@\(result.digest)", bytes: Int(result.size),
            wasCached: result.wasCached)
    }
}
