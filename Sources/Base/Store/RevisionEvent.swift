package import FoundationEssentials
package import Kube
import Synchronization

/// An object as it stands in the log: its tree, and the same as JSON text, encoded once.
package final class StoredObject: Sendable {
    package let key: RevisionKey
    /// The revision of the write that made this state.
    package let revision: Int64
    package let value: JSON
    package let bytes: [UInt8]

    init(key: RevisionKey, revision: Int64, value: JSON, bytes: [UInt8]) {
        self.key = key
        self.revision = revision
        self.value = value
        self.bytes = bytes
    }
}

/// One change in the log, shared by everyone who watches.
package final class RevisionEvent: Sendable {
    package let isDeletion: Bool
    /// The state after the change; of a deletion, the last state with the revision of the deletion.
    package let object: StoredObject
    /// The state before it; nil where the object was created.
    package let previous: StoredObject?
    package let at: Date
    private let encodings = Mutex<[String: [UInt8]]>([:])

    package var revision: Int64 { object.revision }

    init(isDeletion: Bool, object: StoredObject, previous: StoredObject?, at: Date) {
        self.isDeletion = isDeletion
        self.object = object
        self.previous = previous
        self.at = at
    }

    /// The text of this event in some representation, made by the first watcher who asks for it.
    package func encoded(as representation: String, _ make: () -> [UInt8]) -> [UInt8] {
        encodings.withLock { encodings in
            if let ready = encodings[representation] { return ready }
            let bytes = make()
            encodings[representation] = bytes
            return bytes
        }
    }
}
