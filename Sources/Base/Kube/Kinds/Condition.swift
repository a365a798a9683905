/// A condition of an object's status. Kinds differ in the optional fields they use.
package struct Condition: Codable, Sendable, Equatable {
    package var type: String
    /// True, False or Unknown.
    package var status: String
    package var reason: String?
    package var message: String?
    package var observedGeneration: Int?
    package var lastTransitionTime: String?
    package var lastUpdateTime: String?

    package init(
        type: String, status: String, reason: String? = nil, message: String? = nil, observedGeneration: Int? = nil,
        lastTransitionTime: String? = nil, lastUpdateTime: String? = nil
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
        self.lastUpdateTime = lastUpdateTime
    }
}
