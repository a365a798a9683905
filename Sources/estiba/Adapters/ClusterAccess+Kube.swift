import Foundation
import Kube
import Problems
import Releases
import Syntax

/// The embedded engine, or the cluster that a kubeconfig names.
actor Clusters: ClusterAccess {
    private let embedded: ClusterClient
    private var others: [String: ClusterClient] = [:]

    init(embedded: ClusterClient) {
        self.embedded = embedded
    }

    func client(kubeconfig: String?) async throws -> ClusterClient {
        guard let kubeconfig else { return embedded }
        if let known = others[kubeconfig] { return known }
        let read: @Sendable (String) throws -> [UInt8] = { path in
            do { return try Array(Data(contentsOf: URL(filePath: path))) } catch {
                throw PlainProblem(
                    "cluster.kubeconfig", "can't read \(path)",
                    remedy: "Check that the file is on the server's machine and readable for it.", cause: error)
            }
        }
        let source = SourceText(name: kubeconfig, utf8: try read(kubeconfig))
        let client = ClusterClient(try HTTPSClusterTransport(try Kubeconfig(source, readFile: read), readFile: read))
        others[kubeconfig] = client
        return client
    }
}
