import Kube

/// What a rule changes about its requests and answers (HTTPRouteFilter).
struct RouteFilters: Sendable, Equatable {
    var request = HeaderEdits()
    var response = HeaderEdits()
    var redirect: Redirect?
    var rewrite: Rewrite?

    /// RequestRedirect.
    struct Redirect: Sendable, Equatable {
        var scheme: String?
        var hostname: String?
        var port: Int?
        var path: PathChange?
        var status = 302
    }

    /// URLRewrite.
    struct Rewrite: Sendable, Equatable {
        var hostname: String?
        var path: PathChange?
    }

    enum PathChange: Sendable, Equatable {
        case full(String)
        case prefix(String)
    }

    /// Reads the filters of a rule; throws `UnsupportedFilter` for those that are not known here.
    init(_ tree: JSON?) throws(UnsupportedFilter) {
        for filter in tree?.array ?? [] {
            switch filter["type"]?.string {
            case "RequestHeaderModifier": request = try HeaderEdits(filter["requestHeaderModifier"])
            case "ResponseHeaderModifier": response = try HeaderEdits(filter["responseHeaderModifier"])
            case "RequestRedirect": redirect = try Self.redirect(filter["requestRedirect"] ?? .null)
            case "URLRewrite":
                let tree = filter["urlRewrite"] ?? .null
                rewrite = Rewrite(hostname: tree["hostname"]?.string, path: try Self.pathChange(tree["path"]))
            case let type: throw UnsupportedFilter(what: "filter \(type ?? "without a type")")
            }
        }
        if redirect != nil, rewrite != nil { throw UnsupportedFilter(what: "URLRewrite beside RequestRedirect") }
    }

    init() {}

    private static func redirect(_ tree: JSON) throws(UnsupportedFilter) -> Redirect {
        var redirect = Redirect(
            scheme: tree["scheme"]?.string, hostname: tree["hostname"]?.string, port: tree["port"]?.int,
            path: try pathChange(tree["path"]))
        redirect.status = tree["statusCode"]?.int ?? 302
        guard [301, 302, 303, 307, 308].contains(redirect.status) else {
            throw UnsupportedFilter(what: "redirect with status \(redirect.status)")
        }
        return redirect
    }

    private static func pathChange(_ tree: JSON?) throws(UnsupportedFilter) -> PathChange? {
        guard let tree, !tree.isNull else { return nil }
        let value: String?
        switch tree["type"]?.string {
        case "ReplaceFullPath":
            value = tree["replaceFullPath"]?.string
            if let value, isPath(value) { return .full(value) }
        case "ReplacePrefixMatch":
            value = tree["replacePrefixMatch"]?.string
            if let value, isPath(value) { return .prefix(value) }
        case let type: throw UnsupportedFilter(what: "path change \(type ?? "without a type")")
        }
        throw UnsupportedFilter(what: "path \"\(value ?? "")\"")
    }

    private static func isPath(_ text: String) -> Bool {
        text.isEmpty || text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// A part of a route that is right by the Gateway API but not done here.
struct UnsupportedFilter: Error, Equatable {
    let what: String
}

/// Headers to be set, added and removed (HTTPHeaderFilter).
struct HeaderEdits: Sendable, Equatable {
    /// Names, in lower case, of headers that don't pass as they came.
    private(set) var dropped: [[UInt8]] = []
    /// The lines that come instead, each with its CR LF.
    private(set) var lines: [UInt8] = []

    var isEmpty: Bool { dropped.isEmpty && lines.isEmpty }

    init() {}

    init(_ tree: JSON?) throws(UnsupportedFilter) {
        for (kind, entries) in [("set", tree?["set"]?.array ?? []), ("add", tree?["add"]?.array ?? [])] {
            for entry in entries {
                guard let name = entry["name"]?.string, let value = entry["value"]?.string, ASCII.isTokenText(name),
                    ASCII.isFieldValue(value), !Self.framing.contains(name.lowercased())
                else { throw UnsupportedFilter(what: "header \"\(entry["name"]?.string ?? "")\"") }
                if kind == "set" { dropped.append(Array(name.lowercased().utf8)) }
                lines += Array("\(name): \(value)\r\n".utf8)
            }
        }
        for name in tree?["remove"]?.array ?? [] { dropped.append(Array((name.string ?? "").lowercased().utf8)) }
    }

    /// Headers that belong to the connection or decide where a message ends.
    private static let framing: Set<String> = [
        "connection", "content-length", "transfer-encoding", "host", "upgrade", "keep-alive", "te",
    ]

    func drops(_ bytes: UnsafeRawBufferPointer, _ name: ByteRange) -> Bool {
        dropped.contains { bytes.equals(name, ignoringCase: $0) }
    }
}
