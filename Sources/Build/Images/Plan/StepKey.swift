import OCI

/// What a step's result depends on, hashed: the layers below, the work, and the content that it reads. Two builds that reach
/// the same state in different ways have the same keys from there on.
struct StepKey {
    private var hasher = DigestHasher()

    init(layers: [StageState.Layer], platform: Platform, times: Int64) {
        add("estiba step 1", platform.description, String(times))
        add(layers.map(\.diffID.description))
    }

    mutating func add(_ fields: String...) { add(fields) }

    /// Each field with its length, so that no two lists look alike.
    mutating func add(_ fields: [String]) {
        hasher.update("\(fields.count)[".utf8)
        for field in fields {
            hasher.update("\(field.utf8.count):".utf8)
            hasher.update(field.utf8)
        }
    }

    mutating func add(_ work: StageState.Work) {
        switch work {
        case .none: add("none")
        case .makeDirectory(let path): add("directory", path)
        case .copy(let copy):
            add(
                "copy", copy.destination, copy.owner ?? "", copy.mode.map { String($0, radix: 8) } ?? "",
                "\(copy.unpacks)")
            for file in copy.inline { add("inline", file.name, file.text) }
        case .run(let run):
            add("run", run.directory, run.user, run.network.rawValue)
            add(run.arguments)
            add(run.environment)
            for mount in run.mounts { add("mount", mount.target, "\(mount.kind)") }
        }
    }

    /// The content of a copied path: names below it, kinds, modes, and the digests of the files.
    mutating func add(_ source: String, _ entries: [FileTree.Entry], of tree: FileTree) throws {
        add("source", source, String(entries.count))
        let prefix = entries.first?.path.utf8.count ?? 0
        for entry in entries {
            let name = String(decoding: entry.path.utf8.dropFirst(prefix), as: UTF8.self)
            let mode = String(entry.mode, radix: 8)
            switch entry.kind {
            case .directory: add("d", name, mode)
            case .link(let target): add("l", name, target)
            case .other: add("o", name)
            case .file:
                let hash = HashingSink()
                try FileSource(path: "\(tree.root)/\(entry.path)").copy(to: hash)
                add("f", name, mode, hash.digest.hex)
            }
        }
    }

    var digest: Digest { hasher.finish() }
}
