package import Kube

/// The way to an API server in the same process: no sockets, no encryption, the same answers.
package struct InProcessTransport: ClusterTransport {
    private let api: KubernetesAPI
    private let caller: Caller

    package init(_ api: KubernetesAPI, as caller: Caller = .inProcess) {
        self.api = api
        self.caller = caller
    }

    package func send(_ request: ClusterRequest) async throws -> ClusterResponse {
        try await api.respond(to: request, as: caller)
    }
}
