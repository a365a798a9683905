import FoundationEssentials
import Glibc
import Linux
import OCI
import Registry
import Store

/// Makes a known base image with mmdebstrap and keeps it in the registry.
struct BaseMaker: Sendable {
    let registry: RegistryStore
    let folder: String

    /// Whether this machine can.
    static var isAvailable: Bool { geteuid() == 0 && Command.locate("mmdebstrap") != nil }

    func make(
        _ base: KnownBase, as reference: ImageReference, note: @escaping @Sendable (String) -> Void
    ) async throws -> ResolvedImage {
        try FileSystem.makeDirectory(folder)
        let work = try FileSystem.makeTemporaryDirectory(prefix: folder + "/base-")
        do {
            // The package manager waits for the disk after each file; in memory it needs half the time.
            try Mounts.mount("tmpfs", at: work, data: "size=2g")
            let image = try await make(base, reference, in: work, note)
            try clean(work)
            return image
        } catch {
            try? clean(work)
            throw error
        }
    }

    private func clean(_ work: String) throws {
        try Mounts.unmount(work, lazily: true)
        try FileSystem.removeTree(work)
    }

    private func make(
        _ base: KnownBase, _ reference: ImageReference, in work: String, _ note: @escaping @Sendable (String) -> Void
    ) async throws -> ResolvedImage {
        note("making \(reference.familiar) from Debian's packages; this is done once and takes about a minute")
        let archive = work + "/root.tar"
        var arguments = [
            "--mode=root", "--variant=minbase", "--aptopt=Acquire::Languages=none",
            "--include=" + base.packages.joined(separator: ","),
        ]
        for path in ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"] {
            arguments.append("--dpkgopt=path-exclude=" + path)
        }
        arguments += base.finish.map { "--customize-hook=" + $0 }
        arguments += [base.suite, archive]
        let command = Command(
            "mmdebstrap", arguments,
            environment: .inherited([
                "TMPDIR": work, "SOURCE_DATE_EPOCH": "315532800", "DEBIAN_FRONTEND": "noninteractive",
            ]))
        let tail = LineTail(limit: 8)
        let status = try await command.run(timeout: .seconds(900)) { line in
            tail.add(line.text)
            if line.text.hasPrefix("I:") { note(String(line.text.dropFirst(2).trimmingWhiteSpace())) }
        }
        guard status.isSuccess else {
            throw ImageProblem.baseFailed(reference, lastWords: tail.lines.joined(separator: "; "))
        }
        note("keeping it in the registry")
        var execution = ImageConfiguration.Execution()
        execution.env = ["PATH=" + StageState.usualPath] + base.environment
        execution.cmd = base.command
        let importer = ImageImporter(registry: registry)
        return try await importer.importRoot(
            archive, as: registry.mirrorRepository(for: reference), tag: reference.tagOrLatest, execution: execution,
            comment: "mmdebstrap \(base.suite)")
    }
}
