package import FoundationEssentials
package import Kube
package import Logging
import Problems

/// Tells users what happens to their pods, as Event objects. Saying a thing again raises the count of the first.
///
/// Recording never waits: events are sent by `run`, and where the API can't keep up the oldest unsent are dropped.
package final class EventRecorder: Sendable {
    private struct Note: Sendable {
        let subject: ObjectReference
        let type: String
        let reason: String
        let message: String
        let time: Date
    }

    private let client: ClusterClient
    private let node: String
    private let logger: Logger
    private let notes: AsyncStream<Note>
    private let sink: AsyncStream<Note>.Continuation

    package init(client: ClusterClient, node: String, logger: Logger) {
        self.client = client
        self.node = node
        self.logger = logger
        (notes, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    /// - Parameters:
    ///   - container: the name, where the event is about one of the pod's containers.
    ///   - isWarning: whether it is of type Warning rather than Normal.
    package func record(
        _ reason: String, _ message: String, about pod: Pod, container: (name: String, isInit: Bool)? = nil,
        isWarning: Bool = false,
        now: Date = Date()
    ) {
        var subject = ObjectReference(
            apiVersion: "v1", kind: "Pod", namespace: pod.namespace, name: pod.name, uid: pod.metadata.uid)
        subject.resourceVersion = pod.metadata.resourceVersion
        subject.fieldPath = container.map { "spec.\($0.isInit ? "initContainers" : "containers"){\($0.name)}" }
        sink.yield(
            Note(subject: subject, type: isWarning ? "Warning" : "Normal", reason: reason, message: message, time: now))
    }

    /// Sends what is recorded until the task is cancelled.
    package func run() async {
        // The names of events already there, by what they say, for some thousand of them.
        var known: [String: (name: String, count: Int)] = [:]
        for await note in notes {
            let key = [note.subject.uid ?? "", note.subject.fieldPath ?? "", note.reason, note.message].joined(
                separator: "\u{0}")
            do {
                if let before = known[key], let namespace = note.subject.namespace {
                    let patch: JSON = [
                        "count": .int(Int64(before.count + 1)), "lastTimestamp": .string(Timestamp.text(note.time)),
                    ]
                    try await client.patch(KubeEvent.self, before.name, in: namespace, patch)
                    known[key]?.count += 1
                } else {
                    if known.count > 4000 { known.removeAll() }
                    known[key] = (try await create(note), 1)
                }
            } catch let problem as ClusterProblem where problem.isNotFound {
                known[key] = nil
            } catch {
                logger.debug(
                    "event not recorded", metadata: ["event.reason": "\(note.reason)", "error": "\(brief(error))"])
            }
        }
    }

    private func create(_ note: Note) async throws -> String {
        let name = "\(note.subject.name ?? "pod").\(String(UInt64.random(in: .min ... .max), radix: 16))"
        var event = KubeEvent(
            metadata: ObjectMeta(name: name, namespace: note.subject.namespace), involvedObject: note.subject)
        event.reason = note.reason
        event.message = note.message
        event.type = note.type
        event.source = KubeEvent.Source(component: "kubelet", host: node)
        event.count = 1
        event.firstTimestamp = Timestamp.text(note.time)
        event.lastTimestamp = event.firstTimestamp
        event.reportingComponent = "kubelet"
        event.reportingInstance = node
        try await client.create(event)
        return name
    }
}
