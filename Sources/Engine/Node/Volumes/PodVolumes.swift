import Glibc
package import Kube
import Linux

/// The volumes of one pod on disk: made before its first container, kept up to date, removed after its last.
package struct PodVolumes: Sendable {
    /// Holds a directory for each volume.
    package let directory: String

    package init(directory: String) { self.directory = directory }

    /// Where a volume's content is on the host.
    package func path(of volume: Volume) -> String { volume.hostPath?.path ?? directory + "/" + volume.name }

    /// Makes all volumes; those that are there are only brought up to date.
    package func prepare(
        _ pod: Pod, sources: ContainerEnvironment.Sources, values: DownwardValues, tokens: [String: String]
    ) throws {
        let group = pod.spec.securityContext?.fsGroup.map { UInt32($0) }
        for volume in pod.spec.volumes ?? [] {
            if let source = volume.hostPath {
                _ = try HostPathVolume.prepare(source, volume: volume.name)
            } else if let source = volume.emptyDir {
                try makeEmpty(source, volume, group)
            } else if volume.persistentVolumeClaim != nil {
                throw NodeProblem.volumeUnsupported(
                    name: volume.name, kind: "persistentVolumeClaim",
                    remedy:
                        "Use a hostPath volume with type DirectoryOrCreate for data that outlives pods on this node.")
            } else if try !write(volume, group, sources, values, tokens) {
                throw NodeProblem.volumeUnsupported(
                    name: volume.name, kind: "unknown",
                    remedy: "Use emptyDir, configMap, secret, projected, downwardAPI or hostPath.")
            }
        }
    }

    /// Brings the volumes that are made of files up to date.
    package func refresh(
        _ pod: Pod, sources: ContainerEnvironment.Sources, values: DownwardValues, tokens: [String: String]
    ) throws {
        let group = pod.spec.securityContext?.fsGroup.map { UInt32($0) }
        for volume in pod.spec.volumes ?? [] where FileSystem.exists(directory + "/" + volume.name) {
            _ = try write(volume, group, sources, values, tokens)
        }
    }

    /// Unmounts and removes everything. Host paths stay as they are.
    package func remove() throws {
        guard FileSystem.exists(directory) else { return }
        try Mounts.unmountAll(below: directory)
        try FileSystem.removeTree(directory)
    }

    private func makeEmpty(_ source: Volume.EmptyDir, _ volume: Volume, _ group: UInt32?) throws {
        let place = path(of: volume)
        let isNew = !FileSystem.exists(place)
        if isNew { try FileSystem.makeDirectory(place, mode: 0o777) }
        if source.medium == "Memory" {
            if try !isNew && Mounts.isMounted(place) { return }
            let size = source.sizeLimit.map { ",size=\($0.value)" } ?? ""
            try Mounts.mount("tmpfs", at: place, options: [.noSetUserID, .noDevices], data: "mode=1777" + size)
        }
        if !isNew, source.medium != "Memory" { return }
        let mode: UInt32 = group == nil ? 0o777 : 0o2777
        guard chmod(place, mode) == 0 else { throw SystemProblem("chmod", place, number: errno) }
        if let group, chown(place, UInt32.max, group) != 0 { throw SystemProblem("chown", place, number: errno) }
    }

    /// False where the volume isn't made of files.
    private func write(
        _ volume: Volume, _ group: UInt32?, _ sources: ContainerEnvironment.Sources, _ values: DownwardValues,
        _ tokens: [String: String]
    ) throws -> Bool {
        guard let files = try VolumeContent.files(of: volume, sources: sources, values: values, tokens: tokens) else {
            return false
        }
        let place = path(of: volume)
        let isNew = !FileSystem.exists(place)
        if isNew { try FileSystem.makeDirectory(place) }
        // Secrets never touch the disk. After a restart of the machine the directory is there without its mount.
        if volume.secret != nil || volume.projected != nil {
            let isMounted = try !isNew && Mounts.isMounted(place)
            if !isMounted {
                try Mounts.mount(
                    "tmpfs", at: place, options: [.noSetUserID, .noDevices, .noExecution], data: "mode=755")
            }
        }
        try VolumeWriter(directory: place, group: group).write(files)
        return true
    }
}
