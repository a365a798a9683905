import Glibc
import Kube
import Linux

/// Parts of volumes that are mounted on their own.
enum SubPaths {
    /// Makes those that aren't there, as directories, and makes sure that none leads out of its volume: a link inside a volume
    /// that a container can write would otherwise show it any file of the host.
    static func prepare(_ container: Container, volumes: [String: String]) throws {
        for mount in container.volumeMounts ?? [] {
            guard let subPath = mount.subPath, !subPath.isEmpty, let volume = volumes[mount.name] else { continue }
            let path = volume + "/" + subPath
            if !FileSystem.exists(path) { try FileSystem.makeDirectory(path) }
            guard let real = resolved(path), let base = resolved(volume), real == base || real.hasPrefix(base + "/")
            else {
                throw NodeProblem.volume(name: mount.name, why: "subPath \"\(subPath)\" leads out of the volume")
            }
        }
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
