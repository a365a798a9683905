package import Kube

/// The files that a volume shows, from the objects it refers to. Nil for volumes that aren't made of files.
package enum VolumeContent {
    /// The names of the objects that a pod's volumes come from.
    package static func references(of volumes: [Volume]) -> (configMaps: Set<String>, secrets: Set<String>) {
        var maps: Set<String> = []
        var secrets: Set<String> = []
        for volume in volumes {
            if let name = volume.configMap?.name { maps.insert(name) }
            if let name = volume.secret?.secretName { secrets.insert(name) }
            for source in volume.projected?.sources ?? [] {
                if let name = source.configMap?.name { maps.insert(name) }
                if let name = source.secret?.name { secrets.insert(name) }
            }
        }
        return (maps, secrets)
    }

    /// - Parameter tokens: service account tokens by their path in the volume.
    package static func files(
        of volume: Volume, sources: ContainerEnvironment.Sources, values: DownwardValues, tokens: [String: String] = [:]
    ) throws(NodeProblem) -> [VolumeFile]? {
        if let source = volume.configMap {
            return try files(
                configMap: source.name, items: source.items, mode: source.defaultMode, optional: source.optional,
                sources, volume.name)
        }
        if let source = volume.secret {
            return try files(
                secret: source.secretName, items: source.items, mode: source.defaultMode, optional: source.optional,
                sources,
                volume.name)
        }
        if let source = volume.downwardAPI {
            return try VolumeFile.files(
                source.items ?? [], mode: source.defaultMode, values: values, volume: volume.name)
        }
        guard let projected = volume.projected else { return nil }
        var all: [VolumeFile] = []
        for source in projected.sources ?? [] {
            let mode = projected.defaultMode
            if let map = source.configMap {
                all += try files(
                    configMap: map.name, items: map.items, mode: mode, optional: map.optional, sources, volume.name)
            }
            if let secret = source.secret {
                all += try files(
                    secret: secret.name, items: secret.items, mode: mode, optional: secret.optional, sources,
                    volume.name)
            }
            if let downward = source.downwardAPI {
                all += try VolumeFile.files(downward.items ?? [], mode: mode, values: values, volume: volume.name)
            }
            if let token = source.serviceAccountToken {
                let path = try VolumeFile.checked(token.path, volume.name)
                guard let text = tokens[path] else {
                    throw .volume(name: volume.name, why: "there is no token for \"\(path)\"")
                }
                all.append(VolumeFile(path: path, bytes: Array(text.utf8), mode: 0o600))
            }
        }
        return all
    }

    private static func files(
        configMap name: String?, items: [Volume.KeyToPath]?, mode: Int?, optional: Bool?,
        _ sources: ContainerEnvironment.Sources,
        _ volume: String
    ) throws(NodeProblem) -> [VolumeFile] {
        guard let map = sources.configMaps[name ?? ""] else {
            if optional == true { return [] }
            throw .volume(name: volume, why: "configmap \"\(name ?? "")\" not found")
        }
        return try VolumeFile.files(
            VolumeFile.data(of: map), items: items, mode: mode, optional: optional == true, of: "ConfigMap \(map.key)",
            volume: volume)
    }

    private static func files(
        secret name: String?, items: [Volume.KeyToPath]?, mode: Int?, optional: Bool?,
        _ sources: ContainerEnvironment.Sources,
        _ volume: String
    ) throws(NodeProblem) -> [VolumeFile] {
        guard let secret = sources.secrets[name ?? ""] else {
            if optional == true { return [] }
            throw .volume(name: volume, why: "secret \"\(name ?? "")\" not found")
        }
        return try VolumeFile.files(
            VolumeFile.decode(secret.data), items: items, mode: mode, optional: optional == true,
            of: "Secret \(secret.key)",
            volume: volume)
    }
}
