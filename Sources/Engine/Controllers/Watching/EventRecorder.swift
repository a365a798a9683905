import Crypto
import FoundationEssentials
import Kube
import Logging
import Problems
import Synchronization

/// Writes Events about objects (core/v1), off the path of the reconcilers. A repeated event raises the count of the first.
final class EventRecorder: Sendable {
    /// Normal or Warning, as Events have it.
    enum Severity: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    private struct Note: Sendable, Hashable {
        let component: String
        let resource: ResourceType
        let namespace: String
        let name: String
        let uid: String
        let severity: Severity
        let reason: String
        let message: String
    }

    private let client: ClusterClient
    private let logger: Logger
    private let now: @Sendable () -> Moment
    private let notes: (stream: AsyncStream<Note>, continuation: AsyncStream<Note>.Continuation) =
        AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(2048))
    private let written = Mutex<[Note: Int]>([:])

    init(client: ClusterClient, now: @escaping @Sendable () -> Moment, logger: Logger) {
        self.client = client
        self.now = now
        self.logger = logger
    }

    func record<Kind: KubeKind>(
        _ severity: Severity, _ reason: String, _ message: String, about object: Kind, component: String
    ) {
        notes.continuation.yield(
            Note(
                component: component, resource: Kind.resource, namespace: object.namespace, name: object.name,
                uid: object.metadata.uid ?? "", severity: severity, reason: reason, message: message))
    }

    /// Writes until the task is cancelled.
    func run() async {
        for await note in notes.stream {
            do { try await write(note) } catch is CancellationError { return } catch {
                logger.debug(
                    "event can't be written",
                    metadata: [
                        "object.key": "\(note.namespace)/\(note.name)", "event.reason": "\(note.reason)",
                        "error": "\(brief(error))",
                    ])
            }
        }
    }

    private func write(_ note: Note) async throws {
        let namespace = note.namespace.isEmpty ? "default" : note.namespace
        let name = Self.name(of: note.name, identity: "\(note)")
        let count = written.withLock { written in
            if written.count > 4096 { written = [:] }
            written[note, default: 0] += 1
            return written[note] ?? 1
        }
        let time = now().text
        if count > 1 {
            let change: JSON = ["count": .int(Int64(count)), "lastTimestamp": .string(time)]
            do {
                try await client.patch(KubeEvent.self, name, in: namespace, change)
                return
            } catch let problem as ClusterProblem where problem.isNotFound {}
        }
        var event = KubeEvent(
            metadata: ObjectMeta(name: name, namespace: namespace),
            involvedObject: ObjectReference(
                apiVersion: note.resource.apiVersion, kind: note.resource.kind,
                namespace: note.namespace.isEmpty ? nil : note.namespace,
                name: note.name, uid: note.uid))
        event.reason = note.reason
        event.message = note.message
        event.type = note.severity.rawValue
        event.source = KubeEvent.Source(component: note.component)
        event.reportingComponent = note.component
        event.count = count
        event.firstTimestamp = time
        event.lastTimestamp = time
        do { try await client.create(event) } catch let problem as ClusterProblem where problem.isAlreadyExists {
            try await client.patch(
                KubeEvent.self, name, in: namespace, ["count": .int(Int64(count)), "lastTimestamp": .string(time)])
        }
    }

    /// The same event about the same object always has the same name, also after a restart.
    private static func name(of object: String, identity: String) -> String {
        let digest = SHA256.hash(data: Array(identity.utf8)).prefix(8)
        return object + "." + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
