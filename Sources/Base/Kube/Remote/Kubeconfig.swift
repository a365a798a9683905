/// Where a cluster is and how to be let in, from a kubeconfig.
///
/// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
package struct Kubeconfig: Sendable, Equatable {
    /// `https://host:6443`, without a slash at the end.
    package var server: String
    /// The host name that the server's certificate carries, where it is not the one in `server`.
    package var serverName: String?
    /// Who signed the server's certificate: PEM bytes. Nil trusts what the system trusts.
    package var authority: [UInt8]?
    package var skipsVerification = false
    package var credentials: Credentials
    package var namespace: String?

    /// What the server is shown.
    package enum Credentials: Sendable, Equatable {
        case none
        case token(String)
        /// A token that is read from a file for each connection, since it changes.
        case tokenFile(String)
        case basic(user: String, password: String)
        /// A client certificate and its key: PEM bytes.
        case certificate([UInt8], key: [UInt8])
    }

    package init(server: String, credentials: Credentials = .none) {
        self.server = server
        self.credentials = credentials
    }
}
