package import Delivery

/// A branch or tag that now stands for another commit.
package struct Push: Sendable, Equatable {
    package var app: AppName
    /// `refs/heads/main`
    package var ref: String
    /// The commit before; nil where the ref is new.
    package var before: String?
    package var after: String
}

/// What a look at a repository's refs finds: pure.
enum RefChanges {
    /// The refs whose commits aren't those that were seen, sorted by name. Refs that are gone make no push.
    static func pushes(_ app: AppName, seen: [String: String], now: [String: String]) -> [Push] {
        now.filter { seen[$0.key] != $0.value }.sorted { $0.key < $1.key }
            .map { Push(app: app, ref: $0.key, before: seen[$0.key], after: $0.value) }
    }
}
