package import Problems

/// A name that is safe in paths, labels, host names and image references: an RFC 1123 label of at most 40 characters,
/// so that `app-service-canary-hash` still fits the 63 of a DNS label.
package struct ResourceName: Sendable, Hashable, Codable, CustomStringConvertible, Comparable {
    package let value: String

    package init(_ value: String) throws(NameProblem) {
        let bytes = Array(value.utf8)
        let isLabel =
            !bytes.isEmpty && bytes.count <= 40 && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
            && bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        guard isLabel else { throw NameProblem(value: value) }
        self.value = value
    }

    package init(from decoder: any Decoder) throws { try self.init(String(from: decoder)) }
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    package var description: String { value }
    package static func < (left: ResourceName, right: ResourceName) -> Bool { left.value < right.value }
}

/// The name of an app.
package typealias AppName = ResourceName

/// The name of an environment: `dev`, `prod`, any other.
package typealias EnvironmentName = ResourceName

/// Why a text is not a name.
package struct NameProblem: Problem {
    package let value: String
    package var code: String { "name.invalid" }
    package var summary: String { "\"\(value)\" is not a name" }
    package var remedy: String? {
        "Use 1 to 40 lower-case letters, digits and \"-\", with a letter or digit at both ends."
    }
    package var category: ProblemCategory { .invalid }
}
