import APIServer
import Kube
import Node
import Problems

/// The API server reads logs from the node in the same process. The node is made with a client of the API server, so it
/// comes second.
actor NodeLogs: PodLogs {
    private var source: (node: NodeAgent, client: ClusterClient)?

    func serve(from node: NodeAgent, client: ClusterClient) {
        source = (node, client)
    }

    func log(of container: PodLogTarget, _ options: PodLogOptions) async throws -> AsyncThrowingStream<
        [UInt8], any Error
    > {
        guard let source else {
            throw PlainProblem(
                "logs.starting", "the node is not ready yet", remedy: "Try again in a moment.", category: .unavailable)
        }
        let pod = try await source.client.get(Pod.self, container.pod, in: container.namespace)
        return try await source.node.log(
            of: pod,
            LogOptions(
                container: container.container, follow: options.follow, previous: options.previous,
                tailLines: options.tailLines, since: options.since, timestamps: options.timestamps,
                limitBytes: options.limitBytes))
    }
}
