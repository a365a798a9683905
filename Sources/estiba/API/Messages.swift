/// What to deliver: a commit of an app that the server has, or of a repository to fetch first.
struct DeliverOrder: Codable, Sendable {
    /// A directory on the server's machine, or a URL; nil where the app is known already.
    var source: String?
    var app: String?
    /// A branch, tag or commit.
    var ref: String?
    /// The last environment to go to.
    var to: String?
}

/// What to do in an environment.
struct EnvironmentOrder: Codable, Sendable {
    var release: String?
}

/// Nothing new may begin in an environment.
struct FreezeOrder: Codable, Sendable {
    /// `2d`, a date, or a date with a time; nil until somebody ends it.
    var until: String?
    var reason: String?
}

/// The run that an order has started or changed.
struct RunAnswer: Codable, Sendable {
    var run: String
}

/// A sentence for the channel.
struct ChatOrder: Codable, Sendable {
    var text: String
}

/// Where the parts of a running server listen; kept in the data directory for the command line.
struct Endpoints: Codable, Sendable, Equatable {
    var pid: Int32
    var host: String
    var kubernetes = 0
    var registry = 0
    var gateway = 0
    var prometheus = 0
    var loki = 0
    var console = 0

    func url(_ port: KeyPath<Endpoints, Int>) -> String {
        "\(port == \.kubernetes ? "https" : "http")://\(host):\(self[keyPath: port])"
    }
}
