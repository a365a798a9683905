import Containers
import Glibc
import Linux
import OCI
import Problems

/// Does a RUN: the command in a container over the mounted root file system, with the machine's network and name resolution.
struct CommandRunner: Sendable {
    let host: ContainerHost
    let folder: String
    let limits: CgroupLimits
    let timeout: Duration?
    /// Variables for this step only, which the image doesn't keep: proxies.
    let ambient: [String]
    /// Where directories that steps keep between builds are.
    let caches: String

    /// Lines of output that a failure shows.
    private static let tailLength = 15

    func run(
        _ work: StageState.RunWork, in root: String, id: String, onLine: @escaping @Sendable (String) -> Void
    ) async throws -> (status: ExitStatus, tail: [String]) {
        var plan = ContainerPlan(root: root, arguments: work.arguments)
        plan.environment = work.environment
        plan.directory = work.directory
        plan.user = work.user
        plan.limits = limits
        plan.cgroup = host.cgroups.group("build/\(id)").path
        if work.network != .none { plan.namespaces.network = .machine }
        var mounts: [RuntimeSpec.Mount] = []
        for path in ["/etc/resolv.conf", "/etc/hosts"] where work.network != .none && FileSystem.exists(path) {
            mounts.append(.bind(path, to: path, readOnly: true))
        }
        var extra = ambient
        if let bundle = Certificates.ownBundle {
            mounts.append(.bind(bundle, to: Certificates.place, readOnly: true))
            extra += Certificates.variables
        }
        let known = Set(work.environment.map { $0.prefix { $0 != "=" } })
        plan.environment += extra.filter { !known.contains($0.prefix { $0 != "=" }) }
        for mount in work.mounts { mounts.append(try self.mount(mount)) }
        plan.mounts = mounts
        let spec = try host.spec(plan)
        let places = MountPlaces(of: spec.mounts.map(\.destination), in: root)
        let tail = LineTail(limit: Self.tailLength)
        let status = try await host.runToCompletion(id, folder: folder + "/" + id, spec: spec, timeout: timeout) {
            line in
            tail.add(line.text)
            onLine(line.text)
        }
        try places.removeNew()
        return (status, tail.lines)
    }

    private func mount(_ mount: Instruction.Mount) throws -> RuntimeSpec.Mount {
        switch mount.kind {
        case .memory(let size): return .memory(mount.target, size: size)
        case .cache(let name, _):
            let directory = "\(caches)/\(Digest.of(name).hex.prefix(24))"
            try FileSystem.makeDirectory(directory)
            return .bind(directory, to: mount.target)
        }
    }
}

/// The runtime makes files and directories to mount on where the image has none; they must not become a part of the layer.
struct MountPlaces {
    private let root: String
    /// Paths that were absent before, the longest first.
    private let absent: [String]

    init(of destinations: [String], in root: String) {
        self.root = root
        let tree = FileTree(root: root)
        var absent: Set<String> = []
        for destination in destinations {
            var parts: [String] = []
            for part in PathCleaning.components(destination) {
                parts.append(part)
                let path = parts.joined(separator: "/")
                if tree.resolve(path).flatMap(tree.entry) == nil { absent.insert(path) }
            }
        }
        self.absent = absent.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Removes what is there now and still empty.
    func removeNew() throws {
        let tree = FileTree(root: root)
        for path in absent {
            guard let real = tree.resolve(path), let entry = tree.entry(real) else { continue }
            let full = "\(root)/\(real)"
            switch entry.kind {
            case .directory where tree.names(in: real).isEmpty: rmdir(full)
            case .file where entry.size == 0: unlink(full)
            default: break
            }
        }
    }
}

/// The certificates that this machine trusts beside the usual ones, for networks with an authority of their own.
enum Certificates {
    static let place = "/run/estiba/certificates.crt"
    static let variables = [
        "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
    ].map { "\($0)=\(place)" }

    /// The machine's bundle, if its administrator added authorities to it.
    static var ownBundle: String? {
        let own = (try? FileSystem.list("/usr/local/share/ca-certificates")) ?? []
        let bundle = "/etc/ssl/certs/ca-certificates.crt"
        return own.contains { $0.hasSuffix(".crt") } && FileSystem.exists(bundle) ? bundle : nil
    }
}
