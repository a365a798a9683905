import ArgumentParser
import Foundation

/// `estiba kubeconfig`
struct KubeconfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kubeconfig", abstract: "Print a kubeconfig; from here on kubectl and helm work.",
        discussion: "Example:  estiba kubeconfig > ~/.kube/config")
    @OptionGroup var server: ServerOptions

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let authority = try Data(contentsOf: URL(filePath: server.directory.identity + "/ca.crt"))
                .base64EncodedString()
            print(
                """
                apiVersion: v1
                kind: Config
                current-context: estiba
                clusters:
                  - name: estiba
                    cluster:
                      server: \(client.endpoints.url(\.kubernetes))
                      certificate-authority-data: \(authority)
                contexts:
                  - name: estiba
                    context: { cluster: estiba, user: admin }
                users:
                  - name: admin
                    user: { token: \(client.token) }
                """)
        } catch { throw fail(error) }
    }
}
