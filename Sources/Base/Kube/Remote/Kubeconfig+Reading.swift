package import Problems
package import Syntax

import struct FoundationEssentials.Data

/// Why a kubeconfig can't be used.
package struct KubeconfigProblem: Problem, Equatable {
    package let reason: String
    package let remedyText: String?

    init(_ reason: String, remedy: String? = nil) {
        self.reason = reason
        remedyText = remedy
    }

    package var code: String { "cluster.kubeconfig" }
    package var summary: String { "the kubeconfig can't be used: \(reason)" }
    package var remedy: String? { remedyText }
    package var category: ProblemCategory { .invalid }
}

extension Kubeconfig {
    /// Reads one context of a kubeconfig.
    ///
    /// - Parameters:
    ///   - context: By name; nil for the current one.
    ///   - readFile: Reads the files that the kubeconfig names; relative names are relative to it.
    /// - Throws: `Diagnostic` for text that is not YAML, `KubeconfigProblem` for what is missing or not supported.
    package init(_ source: SourceText, context: String? = nil, readFile: (String) throws -> [UInt8]) throws {
        let root = try YAMLDocument.parse(source)
        let contexts = Self.named(root["contexts"], "context")
        guard let chosen = context ?? Self.text(root["current-context"]) else {
            throw KubeconfigProblem(
                "it names no current context", remedy: "Set \"current-context\", or name a context.")
        }
        guard let place = contexts[chosen] else {
            throw KubeconfigProblem(
                "it has no context \"\(chosen)\"", remedy: Suggestion.remedy(for: chosen, in: contexts.keys))
        }
        let clusterName = Self.text(place["cluster"]) ?? ""
        guard let cluster = Self.named(root["clusters"], "cluster")[clusterName],
            let server = Self.text(cluster["server"])
        else { throw KubeconfigProblem("it has no cluster \"\(clusterName)\" with a server") }
        self.init(server: server.hasSuffix("/") ? String(server.dropLast()) : server)
        namespace = Self.text(place["namespace"])
        serverName = Self.text(cluster["tls-server-name"])
        skipsVerification = Self.text(cluster["insecure-skip-tls-verify"]) == "true"
        authority = try Self.content(cluster, "certificate-authority", readFile)
        if let userName = Self.text(place["user"]), let user = Self.named(root["users"], "user")[userName] {
            credentials = try Self.credentials(user, readFile)
        }
    }

    private static func credentials(
        _ user: YAMLNode, _ readFile: (String) throws -> [UInt8]
    ) throws -> Credentials {
        if let token = text(user["token"]) { return .token(token) }
        if let file = text(user["tokenFile"]) { return .tokenFile(file) }
        if let certificate = try content(user, "client-certificate", readFile) {
            guard let key = try content(user, "client-key", readFile) else {
                throw KubeconfigProblem("it has a client certificate without its key")
            }
            return .certificate(certificate, key: key)
        }
        if let name = text(user["username"]) { return .basic(user: name, password: text(user["password"]) ?? "") }
        for plugin in ["exec", "auth-provider"] where user[plugin] != nil {
            throw KubeconfigProblem(
                "its user logs in by \"\(plugin)\", which is not supported",
                remedy: "Make a token for a service account with \"kubectl create token\" and put it in the kubeconfig."
            )
        }
        return .none
    }

    private static func text(_ node: YAMLNode?) -> String? {
        guard case .scalar(let scalar)? = node, !scalar.text.isEmpty else { return nil }
        return scalar.text
    }

    /// The entries of a list of `{name, <key>}`.
    private static func named(_ list: YAMLNode?, _ key: String) -> [String: YAMLNode] {
        guard case .sequence(let items, _)? = list else { return [:] }
        return items.reduce(into: [:]) { map, item in
            if let name = text(item["name"]), let value = item[key] { map[name] = value }
        }
    }

    /// What `<key>-data` holds in base64, or the file that `<key>` names.
    private static func content(
        _ node: YAMLNode, _ key: String, _ readFile: (String) throws -> [UInt8]
    ) throws -> [UInt8]? {
        if let encoded = text(node[key + "-data"]) {
            guard let data = Data(base64Encoded: encoded) else {
                throw KubeconfigProblem("\"\(key)-data\" is not base64")
            }
            return Array(data)
        }
        return try text(node[key]).map(readFile)
    }
}
