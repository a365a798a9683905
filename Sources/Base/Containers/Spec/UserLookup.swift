import Glibc
import Linux

/// Finds users by name in an image's own `/etc/passwd` and `/etc/group` (image-spec § config, `User`).
package struct UserLookup: Sendable, Equatable {
    package struct Found: Sendable, Equatable {
        package var uid: UInt32
        package var gid: UInt32
        package var groups: [UInt32]
        package var home: String

        package init(uid: UInt32 = 0, gid: UInt32 = 0, groups: [UInt32] = [], home: String = "/root") {
            self.uid = uid
            self.gid = gid
            self.groups = groups
            self.home = home
        }
    }

    private let passwd: [[Substring]]
    private let group: [[Substring]]

    package init(passwd: String, group: String) {
        func lines(_ text: String, _ least: Int) -> [[Substring]] {
            text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
                .filter { $0.count >= least && !$0[0].hasPrefix("#") }
        }
        self.passwd = lines(passwd, 4)
        self.group = lines(group, 3)
    }

    /// Reads both files of a root file system, without leaving it by a link. A missing one is as good as an empty one.
    package init(root: String) {
        self.init(
            passwd: ContainedFile.text("etc/passwd", in: root) ?? "",
            group: ContainedFile.text("etc/group", in: root) ?? "")
    }

    /// Resolves empty, `name`, `uid`, `name:group`, `uid:gid` and their mixtures.
    package func find(_ text: String) throws(ContainerProblem) -> Found {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let wanted = parts.first.map(String.init) ?? ""
        let entry =
            passwd.first { $0[0] == wanted } ?? (wanted.isEmpty ? passwd.first { $0[2] == "0" } : nil)
            ?? UInt32(wanted).flatMap { number in passwd.first { UInt32($0[2]) == number } }
        var found = Found(home: "/")
        if let entry, let uid = UInt32(entry[2]), let gid = UInt32(entry[3]) {
            found = Found(uid: uid, gid: gid, home: entry.count > 5 && !entry[5].isEmpty ? String(entry[5]) : "/")
        } else if let uid = UInt32(wanted) {
            found.uid = uid
        } else if !wanted.isEmpty {
            throw .unknownUser(wanted, in: "/etc/passwd")
        }
        if found.uid == 0, entry == nil { found.home = "/root" }
        if parts.count == 2, !parts[1].isEmpty {
            found.gid = try gid(String(parts[1]))
        } else if let name = entry?[0] {
            found.groups = group.filter { $0.count > 3 && $0[3].split(separator: ",").contains(name) }
                .compactMap { UInt32($0[2]) }.filter { $0 != found.gid }
        }
        return found
    }

    private func gid(_ text: String) throws(ContainerProblem) -> UInt32 {
        if let entry = group.first(where: { $0[0] == text }), let gid = UInt32(entry[2]) { return gid }
        if let gid = UInt32(text) { return gid }
        throw .unknownGroup(text, in: "/etc/group")
    }
}
