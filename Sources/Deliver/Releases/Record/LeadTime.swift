import Delivery
import FoundationEssentials

/// How long a run took, as a whole and by stage. Computed from its record.
package struct LeadTime: Sendable, Hashable, Codable {
    /// Seconds for each finished stage, in order.
    package var stages: [Stage]
    /// Seconds from the commit to the end of the last stage; nil while the run lasts or if it did not arrive.
    package var sinceCommit: Double?
    /// Seconds from the arrival of the commit here to the end of the last stage.
    package var sinceReceived: Double?

    /// One stage with its seconds.
    package struct Stage: Sendable, Hashable, Codable {
        package var name: String
        package var seconds: Double
    }

    package init(_ record: DeliveryRecord) {
        stages = record.stages.compactMap { stage in stage.seconds.map { Stage(name: stage.name, seconds: $0) } }
        guard record.state == .finished(.succeeded), let end = record.stages.last?.endedAt else { return }
        sinceCommit = max(0, end.timeIntervalSince(record.revision.committedAt))
        sinceReceived = max(0, end.timeIntervalSince(record.createdAt))
    }
}
