package import Delivery
package import FoundationEssentials

/// A release and where it runs or ran.
package struct ReleaseFacts: Sendable, Hashable {
    package var release: Release
    /// In the order of the app's environments.
    package var places: [PlaceFacts]

    package init(release: Release, places: [PlaceFacts]) {
        self.release = release
        self.places = places
    }
}

/// A release in an environment, now or earlier.
package struct PlaceFacts: Sendable, Hashable {
    package var environment: EnvironmentName
    package var standing: Standing

    package enum Standing: Sendable, Hashable {
        /// It never came here.
        case never
        case stable(since: Date)
        case canary(weight: Double)
        /// It was stable here, from this moment on.
        case earlier(since: Date)
    }

    package init(environment: EnvironmentName, standing: Standing) {
        self.environment = environment
        self.standing = standing
    }
}
