import Containers
import EstibaTesting
import Images
import Linux
import Logging
import OCI
import Registry
import Store
import Synchronization

/// A registry, a layer store and a builder in a directory of their own, and a context to build from.
struct Workshop: Sendable {
    let directory: TemporaryDirectory
    let registry: RegistryStore
    let layers: LayerStore
    let host: ContainerHost
    let builder: ImageBuilder

    static func with(_ body: (Workshop) async throws -> Void) async throws {
        try await TemporaryDirectory.with { directory in
            let blobs = try BlobStore(root: directory.file("blobs"))
            let registry = try RegistryStore(blobs: blobs, path: directory.file("registry.sqlite"))
            let layers = LayerStore(root: directory.file("layers"), blobs: blobs)
            try await layers.prepare()
            try await ContainerHost.prepare(folder: directory.file("c"))
            let host = try ContainerHost.detect(folder: directory.file("c"), logger: Logger(label: "test"))
            let builder = ImageBuilder(
                registry: registry, layers: layers, host: host, folder: directory.file("build"), client: nil)
            try await builder.prepare()
            let workshop = Workshop(
                directory: directory, registry: registry, layers: layers, host: host, builder: builder)
            do {
                try await workshop.importBusybox()
                try await body(workshop)
                try Mounts.unmountAll(below: directory.path)
            } catch {
                try? Mounts.unmountAll(below: directory.path)
                throw error
            }
        }
    }

    /// An image `busybox` of the machine's own static busybox.
    private func importBusybox() async throws {
        try directory.write("root/bin/busybox", FileSystem.read("/bin/busybox"))
        try directory.setMode("root/bin/busybox", 0o755)
        for name in [
            "sh", "cat", "echo", "rm", "mkdir", "ls", "touch", "id", "env", "stat", "ln", "false", "true", "wc",
        ] {
            try directory.link("root/bin/\(name)", to: "busybox")
        }
        try directory.write("root/etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n")
        try directory.write("root/etc/group", "root:x:0:\napps:x:1001:\n")
        try directory.write("root/etc/old/file", "old\n")
        _ = try await ImageImporter(registry: registry)
            .importRoot(directory.file("root"), as: "busybox", tag: "latest")
    }

    func write(_ name: String, _ text: String) throws { try directory.write("context/" + name, text) }

    func request(_ name: String = "app") throws -> BuildRequest {
        BuildRequest(context: directory.file("context"), references: [try ImageReference(name)])
    }

    /// Builds with this Dockerfile.
    func build(
        _ dockerfile: String, _ change: (inout BuildRequest) -> Void = { _ in },
        report: @escaping ImageBuilder.Report = { _ in }
    ) async throws -> BuildResult {
        try write("Dockerfile", dockerfile)
        var request = try request()
        change(&request)
        return try await builder.build(request, report: report)
    }

    /// The members of all layers of an image, by path; the topmost wins.
    func files(_ result: BuildResult) async throws -> [String: (entry: TarEntry, content: String)] {
        guard let reference = result.references.first, let image = try await registry.find(reference) else {
            return [:]
        }
        var found: [String: (entry: TarEntry, content: String)] = [:]
        for layer in image.layers {
            let reader = TarReader(try ExpandingSource(FileSource(path: layer.path)))
            while let entry = try reader.next() {
                found[entry.path] = (entry, String(decoding: try reader.readAll(), as: UTF8.self))
            }
        }
        return found
    }
}

/// Collects what a build reports.
final class Events: Sendable {
    private let kept = Mutex<[String]>([])

    var report: ImageBuilder.Report {
        { event in
            let line: String? =
                switch event {
                case .log(_, let text): "log \(text)"
                case .cached(let step): "cached \(step.text)"
                case .failed(let step): "failed \(step.text)"
                case .warning(let text): "warning \(text)"
                case .started(let step): "step \(step.number)/\(step.total) \(step.text)"
                case .finished, .exported: nil
                }
            if let line { self.kept.withLock { $0.append(line) } }
        }
    }

    var lines: [String] { kept.withLock { $0 } }

    /// What commands wrote.
    var logs: [String] { lines.filter { $0.hasPrefix("log ") }.map { String($0.dropFirst(4)) } }
}
