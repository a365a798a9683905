import Linux
import OCI

extension TarEntry {
    /// What the archive says about the file, without the marks that only a layer on the disk may carry.
    var facts: ContainedTree.Facts {
        ContainedTree.Facts(
            mode: mode, owner: owner, group: group, modified: (modified, modifiedNanoseconds),
            attributes: extendedAttributes.filter { !$0.key.hasPrefix("trusted.overlay.") })
    }
}

extension ContainedTree {
    /// Sets what the archive says about the member, or about the root.
    func setFacts(of entry: TarEntry, name: String? = nil, in parent: OpenFile? = nil) throws {
        try set(entry.facts, of: name, in: parent)
    }

    /// Sets a directory's time, when everything in it has been made.
    func setTime(_ entry: TarEntry) throws {
        if entry.path == "." || entry.path.isEmpty { return try setTime(entry.facts, of: ".", in: open("")) }
        let (parent, name) = ContainedTree.split(entry.path)
        try setTime(entry.facts, of: name, in: open(parent))
    }
}
