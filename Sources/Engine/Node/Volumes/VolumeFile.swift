import FoundationEssentials
import Kube

/// A file of a ConfigMap, Secret, downward or projected volume.
package struct VolumeFile: Sendable, Equatable {
    /// Relative, without `..`.
    package var path: String
    package var bytes: [UInt8]
    /// Permission bits.
    package var mode: UInt32

    package init(path: String, bytes: [UInt8], mode: UInt32) {
        self.path = path
        self.bytes = bytes
        self.mode = mode
    }
}

extension VolumeFile {
    /// The files of a map of bytes: all keys, or the chosen ones under their paths.
    static func files(
        _ data: [String: [UInt8]], items: [Volume.KeyToPath]?, mode: Int?, optional: Bool, of what: String,
        volume: String
    ) throws(NodeProblem) -> [VolumeFile] {
        let mode = UInt32(mode ?? 0o644)
        guard let items else {
            return data.sorted { $0.key < $1.key }.map { VolumeFile(path: $0.key, bytes: $0.value, mode: mode) }
        }
        var files: [VolumeFile] = []
        for item in items {
            guard let bytes = data[item.key] else {
                if optional { continue }
                throw .volume(name: volume, why: "\(what) has no key \"\(item.key)\"")
            }
            files.append(
                VolumeFile(
                    path: try checked(item.path, volume), bytes: bytes, mode: item.mode.map { UInt32($0) } ?? mode))
        }
        return files
    }

    /// The files of a downward API source.
    static func files(
        _ items: [Volume.DownwardItem], mode: Int?, values: DownwardValues, volume: String
    ) throws(NodeProblem) -> [VolumeFile] {
        var files: [VolumeFile] = []
        for item in items {
            var text: String?
            if let field = item.fieldRef { text = values.field(field.fieldPath) }
            if let resource = item.resourceFieldRef, let container = container(resource, values.pod) {
                text = values.resource(resource, of: container)
            }
            guard let text else {
                throw .volume(name: volume, why: "the field for \"\(item.path)\" isn't one that pods may see")
            }
            files.append(
                VolumeFile(
                    path: try checked(item.path, volume), bytes: Array(text.utf8),
                    mode: UInt32(item.mode ?? mode ?? 0o644)))
        }
        return files
    }

    private static func container(_ reference: ResourceFieldReference, _ pod: Pod) -> Container? {
        pod.spec.containers.first { reference.containerName == nil || $0.name == reference.containerName }
    }

    static func checked(_ path: String, _ volume: String) throws(NodeProblem) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !parts.contains(".."), !parts.contains(""), !path.hasPrefix("..") else {
            throw .volume(name: volume, why: "\"\(path)\" is not a relative path inside the volume")
        }
        return path
    }

    static func decode(_ map: [String: String]?) -> [String: [UInt8]] {
        (map ?? [:]).mapValues { Data(base64Encoded: $0).map { Array($0) } ?? [] }
    }

    static func data(of map: ConfigMap) -> [String: [UInt8]] {
        (map.data ?? [:]).mapValues { Array($0.utf8) }.merging(decode(map.binaryData)) { $1 }
    }
}
