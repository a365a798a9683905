/// Decides whether a form may be acted upon.
enum FormGuard {
    /// - Parameters:
    ///   - origin: The header `Origin`, which browsers send with every form that posts (RFC 6454 §7).
    ///   - host: The header `Host`.
    /// - Returns: The name of who sends it.
    static func check(origin: String?, host: String?, contentType: String?, caller: String?) throws(ConsoleProblem)
        -> String
    {
        guard let origin, let host, isSame(origin: origin, host: host) else { throw .foreignOrigin(origin) }
        guard let caller else { throw .notLoggedIn }
        let type = contentType?.split(separator: ";").first.map { $0.lowercased().filter { $0 != " " } }
        guard type == "application/x-www-form-urlencoded" else { throw .notAForm(contentType: contentType) }
        return caller
    }

    /// Whether a page of this origin came from this host. The scheme isn't compared: TLS may end at a proxy.
    static func isSame(origin: String, host: String) -> Bool {
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.lowercased().hasPrefix(scheme) {
            let authority = origin.lowercased().dropFirst(scheme.count)
            guard !authority.isEmpty, !authority.contains("/"), !authority.contains("@") else { return false }
            return strip(port, authority) == strip(port, host.lowercased()[...])
        }
        return false
    }

    private static func strip(_ port: String, _ authority: Substring) -> Substring {
        authority.hasSuffix(port) ? authority.dropLast(port.count) : authority
    }
}
