/// What a registry asks for in `WWW-Authenticate` (RFC 9110 §11.6.1; the token flow of the distribution project).
enum AuthenticationChallenge: Equatable {
    case basic
    case bearer(realm: String, service: String?, scope: String?)

    /// Reads one header value; nil if the scheme is another.
    init?(_ header: String) {
        let scheme = header.prefix { $0 != " " }.lowercased()
        var fields: [String: String] = [:]
        var rest = header.dropFirst(scheme.count).drop { $0 == " " }
        while !rest.isEmpty {
            let key = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(key.count + 1)
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    if character == "\\", let next = rest.popFirst() {
                        value.append(next)
                    } else {
                        value.append(character)
                    }
                }
                rest = rest.drop { $0 != "," }
            } else {
                value = String(rest.prefix { $0 != "," })
                rest = rest.dropFirst(value.count)
            }
            fields[key.filter { $0 != " " && $0 != "," }.lowercased()] = value
            rest = rest.drop { $0 == "," || $0 == " " }
        }
        switch scheme {
        case "basic": self = .basic
        case "bearer":
            guard let realm = fields["realm"] else { return nil }
            self = .bearer(realm: realm, service: fields["service"], scope: fields["scope"])
        default: return nil
        }
    }
}
