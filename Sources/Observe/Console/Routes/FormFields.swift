/// The fields of a form, as `application/x-www-form-urlencoded` (<https://url.spec.whatwg.org/#urlencoded-parsing>). Of a
/// field that comes twice the first counts.
enum FormFields {
    static func parse(_ bytes: some Collection<UInt8>) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentText.decode(parts[0], plusIsSpace: true)
            if fields[name] == nil {
                fields[name] = parts.count > 1 ? PercentText.decode(parts[1], plusIsSpace: true) : ""
            }
        }
        return fields
    }
}
