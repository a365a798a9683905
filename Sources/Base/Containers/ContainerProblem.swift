package import Linux
package import OCI
package import Problems

/// What can go wrong between an image's layers and a running container.
package enum ContainerProblem: Problem {
    case layerMissing(Digest, blob: Digest)
    case layerDiffers(expected: Digest, actual: Digest)
    case layerEntry(path: String, why: String)
    case unknownUser(String, in: String)
    case unknownGroup(String, in: String)
    case noRuntime
    case noMonitor
    case runtime(command: String, container: String, status: ExitStatus, lastWords: String)
    case create(container: String, lastWords: String)
    case record(path: String, why: String)
    case exists(String)
    case timedOut(container: String, command: String, after: Duration)

    package var code: String {
        switch self {
        case .layerMissing: "containers.layer.missing"
        case .layerDiffers: "containers.layer.differs"
        case .layerEntry: "containers.layer.entry"
        case .unknownUser: "containers.user.unknown"
        case .unknownGroup: "containers.group.unknown"
        case .noRuntime: "containers.runtime.missing"
        case .noMonitor: "containers.monitor.missing"
        case .runtime: "containers.runtime.failed"
        case .create: "containers.create.failed"
        case .record: "containers.record.unreadable"
        case .exists: "containers.create.exists"
        case .timedOut: "containers.exec.timed-out"
        }
    }

    package var summary: String {
        switch self {
        case .layerMissing(let layer, let blob):
            "layer \(layer.short) can't be unpacked: its blob \(blob.short) is not stored here"
        case .layerDiffers(let expected, let actual):
            "the layer's content has the digest \(actual), but the image says \(expected)"
        case .layerEntry(let path, let why): "the layer's member \"\(path)\" can't be unpacked: \(why)"
        case .unknownUser(let name, let file): "the image has no user \"\(name)\" in \(file)"
        case .unknownGroup(let name, let file): "the image has no group \"\(name)\" in \(file)"
        case .noRuntime: "neither crun nor runc is installed"
        case .noMonitor: "conmon is not installed"
        case .runtime(let command, let container, let status, let words):
            "\(command) of container \(container) ended with \(status)" + (words.isEmpty ? "" : ": \(words)")
        case .create(let container, let words): "container \(container) was not created: \(words)"
        case .record(let path, let why): "the container record \(path) can't be read: \(why)"
        case .exists(let id): "there is a container \(id) already"
        case .timedOut(let container, let command, let limit):
            "\"\(command)\" in container \(container) did not end within \(limit)"
        }
    }

    package var remedy: String? {
        switch self {
        case .layerMissing: "Pull the image again."
        case .layerDiffers: "The image or the blob store is damaged; push the image again from its source."
        case .unknownUser, .unknownGroup: "Name a user that the image has, or use numbers (for instance 1000:1000)."
        case .noRuntime: "Install one of them: apt install crun"
        case .noMonitor: "Install it: apt install conmon"
        case .exists: "Remove it first, or choose another name."
        case .layerEntry, .runtime, .create, .record, .timedOut: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .layerMissing: .notFound
        case .layerDiffers, .layerEntry, .unknownUser, .unknownGroup: .invalid
        case .noRuntime, .noMonitor: .unavailable
        case .exists: .conflict
        case .timedOut: .timedOut
        case .runtime, .create, .record: .failed
        }
    }
}
