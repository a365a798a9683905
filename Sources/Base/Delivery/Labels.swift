/// The labels that every object, series and log stream of a delivered app carries.
package enum Labels {
    package static let app = "app.kubernetes.io/part-of"
    package static let service = "app.kubernetes.io/name"
    package static let managedBy = "app.kubernetes.io/managed-by"
    package static let env = "estiba.dev/env"
    package static let release = "estiba.dev/release"
    package static let commit = "estiba.dev/commit"
    package static let track = "estiba.dev/track"

    /// Label on a Kubernetes object → name of the label on series and log streams.
    package static let telemetry: [(object: String, series: String)] = [
        (app, "app"), (service, "service"), (env, "env"), (release, "release"), (commit, "commit"), (track, "track"),
    ]

    /// The labels of a series or log stream that comes from an object with these labels.
    package static func telemetry(from labels: [String: String]) -> [String: String] {
        var out: [String: String] = [:]
        for name in telemetry { if let value = labels[name.object] { out[name.series] = value } }
        return out
    }
}
