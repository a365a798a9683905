/// Which traffic a count is about: one backend of one route, with the release that its labels name.
/// A label that is absent is an empty text.
package struct TrafficKey: Sendable, Hashable {
    /// `namespace/name` of the HTTPRoute.
    package var route: String
    /// `namespace/name` of the backend Service; empty for requests that no rule matched.
    package var backend: String
    /// `app.kubernetes.io/part-of`.
    package var app: String
    /// `app.kubernetes.io/name`, or the Service's own name where the label is absent.
    package var service: String
    /// `estiba.dev/env`.
    package var environment: String
    /// `estiba.dev/release`.
    package var release: String
    /// `estiba.dev/commit`.
    package var commit: String
    /// `estiba.dev/track`: `stable` or `canary`.
    package var track: String

    package init(
        route: String, backend: String, app: String = "", service: String = "", environment: String = "",
        release: String = "", commit: String = "", track: String = ""
    ) {
        self.route = route
        self.backend = backend
        self.app = app
        self.service = service
        self.environment = environment
        self.release = release
        self.commit = commit
        self.track = track
    }
}
