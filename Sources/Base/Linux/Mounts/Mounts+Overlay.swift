import CLinux
import Glibc

extension Mounts {
    /// Mounts layers on top of each other (kernel documentation, overlayfs). `lower` has the topmost first; at most 500.
    ///
    /// With `volatile` nothing is written to the disk for durability's sake: for what may be thrown away after a crash.
    package static func overlay(
        lower: [String], upper: String, work: String, at target: String, volatile: Bool = false
    ) async throws {
        let extra = volatile ? ["volatile"] : []
        // After a crash of the machine (or kill of a `volatile` mount) the mark of the last one is in the way.
        if volatile { try? FileSystem.removeTree(work + "/work/incompat") }
        let data =
            ([
                "lowerdir=" + lower.map(escape).joined(separator: ":"), "upperdir=\(escape(upper))",
                "workdir=\(escape(work))",
            ] + extra)
            .joined(separator: ",")
        // mount(2) takes one page of options.
        if data.utf8.count < 4000 {
            try check("mount", target) { Glibc.mount("overlay", target, "overlay", 0, data) }
            return
        }
        try await overlayOfMany(lower, upper, work, target, extra)
    }

    /// More layers than fit into a page: one call a layer on newer kernels; else names relative to the layers' common directory.
    private static func overlayOfMany(
        _ lower: [String], _ upper: String, _ work: String, _ target: String, _ extra: [String]
    ) async throws {
        var memory = CStrings()
        defer { memory.free() }
        let layers = memory.array(lower)
        let flags = memory.array(extra)
        let result = layers.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: lower.count + 1) { layers in
            flags.withMemoryRebound(to: UnsafePointer<CChar>?.self, capacity: extra.count + 1) { flags in
                cl_mount_overlay(target, layers, Int32(lower.count), upper, work, flags, Int32(extra.count))
            }
        }
        if result >= 0 { return }
        guard result == -ENOSYS || result == -EINVAL, let base = commonDirectory(lower) else {
            throw SystemProblem("mount", target, number: -result)
        }
        let relative = lower.map { escape(String($0.dropFirst(base.count + 1))) }.joined(separator: ":")
        let data = (["lowerdir=" + relative, "upperdir=\(escape(upper))", "workdir=\(escape(work))"] + extra).joined(
            separator: ",")
        guard data.utf8.count < 4096 else { throw SystemProblem("mount", target, number: E2BIG) }
        try await Thread.run(name: "estiba-mount") {
            _ = try checkNumber("mount", target) { cl_mount_overlay_relative(base, target, data) }
        }
    }

    /// Colons separate layers and commas separate options, so both are escaped.
    static func escape(_ path: String) -> String {
        var out = ""
        for character in path {
            if character == ":" || character == "," || character == "\\" { out.append("\\") }
            out.append(character)
        }
        return out
    }

    /// The longest directory that all paths are below.
    static func commonDirectory(_ paths: [String]) -> String? {
        guard var common = paths.first.map(FileSystem.parent(of:)) else { return nil }
        while common != "/" {
            if paths.allSatisfy({ $0.hasPrefix(common + "/") }) { return common }
            common = FileSystem.parent(of: common)
        }
        return nil
    }
}
