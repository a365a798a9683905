/// Where an object stands in the revision log: a bucket (a kind of object) and a name inside it, such as `default/web`.
package struct RevisionKey: Sendable, Hashable, CustomStringConvertible {
    package let bucket: String
    package let name: String

    package init(bucket: String, name: String) {
        self.bucket = bucket
        self.name = name
    }

    package var description: String { "\(bucket)/\(name)" }
}
