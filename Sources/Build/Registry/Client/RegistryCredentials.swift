import FoundationEssentials
import OCI

/// Who one is at a registry.
package struct RegistryCredentials: Sendable, Equatable {
    package var user: String
    package var password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// The value of an `Authorization` header (RFC 7617).
    var basic: String { "Basic " + Data("\(user):\(password)".utf8).base64EncodedString() }

    private struct File: Decodable {
        var auths: [String: Entry]?

        struct Entry: Decodable {
            var auth: String?
            var username: String?
            var password: String?
        }
    }

    /// Reads the logins that `docker login` and `podman login` keep, by registry host.
    ///
    /// - Throws: `OCIProblem.document` if it isn't such a file.
    package static func parse(_ dockerConfiguration: some Sequence<UInt8>) throws -> [String: RegistryCredentials] {
        let file: File = try DocumentCoding.decode(from: dockerConfiguration, as: "login file")
        var found: [String: RegistryCredentials] = [:]
        for (key, entry) in file.auths ?? [:] {
            var login: RegistryCredentials?
            if let user = entry.username, let password = entry.password {
                login = RegistryCredentials(user: user, password: password)
            } else if let data = entry.auth.flatMap({ Data(base64Encoded: $0) }) {
                let text = String(decoding: data, as: UTF8.self)
                if let colon = text.firstIndex(of: ":") {
                    login = RegistryCredentials(
                        user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
                }
            }
            let withoutScheme = key.split(separator: "//").last ?? Substring(key)
            var host = String(withoutScheme.prefix { $0 != "/" })
            if host == "index.docker.io" || host == "registry-1.docker.io" { host = ImageReference.dockerHub }
            if let login { found[host] = login }
        }
        return found
    }
}
