import Delivery
import FoundationEssentials
import Kube
import Problems

/// A Secret whose values come from the server's sealed store and not from the repository.
package struct SealedConfiguration: Sendable, Equatable {
    /// As manifests refer to it.
    package var name: String
    /// Key → value in base64.
    package var data: [String: String]

    package init(name: String, data: [String: String]) {
        self.name = name
        self.data = data
    }

    /// As if it stood in the delivery file.
    var manifest: Manifest {
        let members = data.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
        return Manifest(
            tree: [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name)],
                "data": .object(JSONObject(members)),
            ], file: DeliveryFile.name, line: 1)
    }

    /// The name that it has in the cluster, which follows from its content.
    var nameInCluster: String { ConfigurationNames([manifest]).name(of: manifest.key) }
}

/// Puts together the Secrets that an environment gets from the sealed store.
struct EnvironmentSecrets {
    let client: ClusterClient
    let namespace: String
    let values: any SecretValues

    /// `wanted`: Secret → key → name in the sealed store. `recorded`: Secret → the name that it has in the cluster; where
    /// that object is still there, its values are taken, so that a value which was set anew since doesn't change what is
    /// already deployed.
    func resolve(_ wanted: [String: [String: String]], recorded: [String: String]) async throws -> [SealedConfiguration]
    {
        var all: [SealedConfiguration] = []
        for (name, keys) in wanted.sorted(by: { $0.key < $1.key }) {
            if let place = recorded[name], let data = try await deployed(place), Set(data.keys) == Set(keys.keys) {
                all.append(SealedConfiguration(name: name, data: data))
                continue
            }
            var data: [String: String] = [:]
            for (key, secret) in keys { data[key] = Data(try await values.value(secret).utf8).base64EncodedString() }
            all.append(SealedConfiguration(name: name, data: data))
        }
        return all
    }

    private func deployed(_ name: String) async throws -> [String: String]? {
        do {
            return try await client.json("GET", Secret.resource.path(namespace: namespace, name: name))
                .strings(at: "data")
        } catch let problem as ClusterProblem where problem.isNotFound { return nil }
    }
}
