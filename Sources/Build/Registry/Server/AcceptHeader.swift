import OCI

/// Which manifest types a client takes.
enum AcceptHeader {
    /// Whether the values of a request's `Accept` headers allow the type. None at all allows everything; so does plain JSON.
    static func allows(_ type: MediaType, _ values: [String]) -> Bool {
        let ranges = values.flatMap { $0.split(separator: ",") }.map { range in
            range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        if ranges.isEmpty { return true }
        return ranges.contains {
            $0 == "*/*" || $0 == "application/*" || $0 == "application/json" || $0 == type.rawValue
        }
    }
}
