/// One change of a watched collection.
package enum WatchEvent<Kind: KubeKind>: Sendable {
    case added(Kind)
    case modified(Kind)
    case deleted(Kind)
    /// Nothing changed up to this version.
    case bookmark(resourceVersion: String)

    static func decode(_ line: [UInt8]) throws -> WatchEvent<Kind> {
        let tree: JSON
        do { tree = try JSON.parse(line) } catch {
            throw ClusterProblem.unreadable(what: "watch event", why: error.summary)
        }
        guard let object = tree["object"] else {
            throw ClusterProblem.unreadable(what: "watch event", why: "no object in it")
        }
        switch tree["type"]?.string {
        case "ADDED": return .added(try object.decode(Kind.self))
        case "MODIFIED": return .modified(try object.decode(Kind.self))
        case "DELETED": return .deleted(try object.decode(Kind.self))
        case "BOOKMARK": return .bookmark(resourceVersion: object[path: "metadata", "resourceVersion"]?.string ?? "")
        default:
            throw ClusterProblem.status(
                code: object["code"]?.int ?? 500, reason: object["reason"]?.string ?? "",
                message: object["message"]?.string ?? "the watch failed")
        }
    }

    package var object: Kind? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object
        case .bookmark: nil
        }
    }
}

/// Cuts a stream of bytes into lines.
package struct LineSplitter: Sendable {
    private var pending: [UInt8] = []

    package init() {}

    /// The lines that `piece` completes, without their newlines.
    package mutating func feed(_ piece: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(pending + piece[start..<end])
            pending.removeAll(keepingCapacity: true)
            start = end + 1
        }
        pending += piece[start...]
        return lines
    }

    /// What came after the last newline.
    package mutating func rest() -> [UInt8] {
        defer { pending = [] }
        return pending
    }
}
