import FoundationEssentials
import Kube

/// A column of what `kubectl get` prints.
struct TableColumn: Sendable {
    let name: String
    var type = "string"
    var format = ""
    /// 1 for columns of `-o wide` only.
    var priority = 0
    /// The cell of an object, at a time.
    let cell: @Sendable (JSON, Date) -> JSON

    init(
        _ name: String, type: String = "string", format: String = "", isWide: Bool = false,
        _ cell: @escaping @Sendable (JSON) -> JSON
    ) {
        self.init(name, type: type, format: format, isWide: isWide) { object, _ in cell(object) }
    }

    init(
        _ name: String, type: String = "string", format: String = "", isWide: Bool = false,
        at cell: @escaping @Sendable (JSON, Date) -> JSON
    ) {
        self.name = name
        self.type = type
        self.format = format
        priority = isWide ? 1 : 0
        self.cell = cell
    }

    var definition: JSON {
        [
            "name": .string(name), "type": .string(type), "format": .string(format), "description": "",
            "priority": .int(Int64(priority)),
        ]
    }
}

extension TableColumn {
    static let name = TableColumn("Name", format: "name") { $0[path: "metadata", "name"] ?? "" }
    static let age = TableColumn("Age") { object, now in
        .string(Age.since(object[path: "metadata", "creationTimestamp"], now))
    }
    static let phase = TableColumn("Status") { $0[path: "status", "phase"] ?? "" }
    static let configMapData = TableColumn("Data", type: "integer") { object in
        .int(Int64((object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0)))
    }
    static let secretType = TableColumn("Type") { $0["type"] ?? "" }
    static let secretData = TableColumn("Data", type: "integer") { .int(Int64($0["data"]?.object?.count ?? 0)) }
    static let leaseHolder = TableColumn("Holder") { $0[path: "spec", "holderIdentity"] ?? "" }
    static let hostnames = TableColumn("Hostnames") { $0[path: "spec", "hostnames"].map { .string($0.text) } ?? "" }

    static func field(_ name: String, type: String = "string", isWide: Bool = false, _ path: String...) -> TableColumn {
        TableColumn(name, type: type, isWide: isWide) { $0.value(at: path[...]) ?? .string("<none>") }
    }

    static func count(_ name: String, _ path: String...) -> TableColumn {
        TableColumn(name, type: "integer") { .int(Int64($0.value(at: path[...])?.int ?? 0)) }
    }
}

/// How long ago, as kubectl shows it.
enum Age {
    static func since(_ time: JSON?, _ now: Date) -> String {
        guard let date = time?.string.flatMap(Timestamp.date) else { return "<unknown>" }
        return text(seconds: Int(now.timeIntervalSince(date).rounded(.down)))
    }

    /// Two units where the first is small, one where it is large.
    static func text(seconds: Int) -> String {
        let seconds = max(0, seconds)
        let minutes = seconds / 60
        let hours = minutes / 60
        let days = hours / 24
        func pair(_ first: Int, _ unit: String, _ second: Int, _ small: String) -> String {
            second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(small)"
        }
        if seconds < 120 { return "\(seconds)s" }
        if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
        if hours < 3 { return "\(minutes)m" }
        if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
        if hours < 48 { return "\(hours)h" }
        if days < 8 { return pair(days, "d", hours % 24, "h") }
        if days < 730 { return "\(days)d" }
        if days < 2920 { return pair(days / 365, "y", days % 365, "d") }
        return "\(days / 365)y"
    }
}
