import FoundationEssentials
import Kube
import Store

extension KubernetesAPI {
    func watch(_ request: ClusterRequest, _ target: ObjectTarget) throws -> ClusterResponse {
        let session = try WatchSession(request, target, log: log, now: now)
        if session.startsAt > log.revision { try checkVersion(session.startsAt) }
        return ClusterResponse(
            status: 200, headers: ["content-type": "application/json"],
            body: .stream(AsyncThrowingStream { try await session.next() }))
    }
}

/// One watch: what it sends first, which events concern it, when it ends.
actor WatchSession {
    private let kind: ServedKind
    private let selection: ObjectSelection
    private let representation: Representation
    private let wantsBookmarks: Bool
    private let endsAt: Date
    private let watch: RevisionWatch
    private let now: @Sendable () -> Date
    nonisolated let startsAt: Int64
    private var initial: [StoredObject]
    private var endsInitialWithBookmark: Bool
    private var isInitialDue = true
    private var hasSentColumns = false
    private var nextBookmark: Date
    private var hasEnded = false

    private static let bookmarkInterval = 60.0

    init(
        _ request: ClusterRequest, _ target: ObjectTarget, log: RevisionLog, now: @escaping @Sendable () -> Date
    ) throws {
        kind = target.kind
        selection = try ObjectSelection(request, kind: target.kind)
        representation = try Representation(request)
        let bookmarks = request.query("allowWatchBookmarks") == "true"
        wantsBookmarks = bookmarks
        let sendsInitial = request.query("sendInitialEvents") == "true"
        if sendsInitial, request.query("resourceVersionMatch") != "NotOlderThan" {
            throw StatusProblem(
                422, "Invalid",
                "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires "
                    + "setting resourceVersionMatch to NotOlderThan")
        }
        let seconds = request.query("timeoutSeconds").flatMap { Double($0) } ?? 3600
        let start = now()
        endsAt = start.addingTimeInterval(seconds)
        nextBookmark = start.addingTimeInterval(Self.bookmarkInterval)
        self.now = now
        let version = try PageRequest.version(request)
        if sendsInitial || version == nil {
            let (objects, revision) = try log.list(target.kind.bucket, prefix: target.prefix)
            let selection = self.selection
            let wantsInitial = request.query("sendInitialEvents") != "false"
            initial = wantsInitial ? objects.filter { selection.matches($0.value) } : []
            startsAt = max(revision, sendsInitial ? version ?? 0 : 0)
            watch = log.watch(target.kind.bucket, prefix: target.prefix, after: revision)
        } else {
            initial = []
            startsAt = version ?? 0
            watch = log.watch(target.kind.bucket, prefix: target.prefix, after: startsAt)
        }
        endsInitialWithBookmark = sendsInitial && bookmarks
    }

    /// The next lines, or nil at the end of the watch.
    func next() async throws -> [UInt8]? {
        if hasEnded { return nil }
        if isInitialDue {
            isInitialDue = false
            let lines = initialLines()
            if !lines.isEmpty { return lines }
        }
        while !Task.isCancelled, now() < endsAt {
            let events: [RevisionEvent]
            do {
                events = try await watch.next()
            } catch {
                hasEnded = true
                return Self.line("ERROR", StatusProblem.expired(error.summary).status.bytes)
            }
            var lines: [UInt8] = []
            for event in events { append(event, to: &lines) }
            if wantsBookmarks, now() >= nextBookmark {
                nextBookmark = now().addingTimeInterval(Self.bookmarkInterval)
                lines += bookmark(isInitialEnd: false)
            }
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    private func initialLines() -> [UInt8] {
        var lines: [UInt8] = []
        for object in initial { lines += encode("ADDED", object) }
        initial = []
        if endsInitialWithBookmark { lines += bookmark(isInitialEnd: true) }
        return lines
    }

    private func append(_ event: RevisionEvent, to lines: inout [UInt8]) {
        let matched = event.previous.map { selection.matches($0.value) } ?? false
        let matches = !event.isDeletion && selection.matches(event.object.value)
        let type: String
        switch (matched, matches) {
        case (false, true): type = "ADDED"
        case (true, true): type = "MODIFIED"
        case (true, false): type = "DELETED"
        case (false, false): return
        }
        if representation == .object {
            lines += event.encoded(as: type) { Self.line(type, event.object.bytes) }
        } else {
            lines += encode(type, event.object)
        }
    }

    private func encode(_ type: String, _ object: StoredObject) -> [UInt8] {
        switch representation {
        case .object: return Self.line(type, object.bytes)
        case .metadata: return Self.line(type, PartialObject.of(object.value).bytes)
        case .table(let inclusion):
            let rendering = TableRendering(columns: kind.columns, inclusion: inclusion)
            let table = rendering.table(
                [object.value], metadata: ["resourceVersion": .string(String(object.revision))],
                withColumns: !hasSentColumns, now: now())
            hasSentColumns = true
            return Self.line(type, table.bytes)
        }
    }

    private func bookmark(isInitialEnd: Bool) -> [UInt8] {
        var metadata: JSON = ["resourceVersion": .string(String(watch.revision))]
        if isInitialEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let object: JSON
        if case .table(let inclusion) = representation {
            let rendering = TableRendering(columns: kind.columns, inclusion: inclusion)
            let marker: JSON = [
                "kind": .string(kind.type.kind), "apiVersion": .string(kind.type.apiVersion), "metadata": metadata,
            ]
            object = rendering.table([marker], metadata: metadata, withColumns: !hasSentColumns, now: now())
            hasSentColumns = true
        } else {
            object = [
                "kind": .string(kind.type.kind), "apiVersion": .string(kind.type.apiVersion), "metadata": metadata,
            ]
        }
        return Self.line("BOOKMARK", object.bytes)
    }

    private static func line(_ type: String, _ object: [UInt8]) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(object.count + 40)
        line += "{\"type\":\"\(type)\",\"object\":".utf8
        line += object
        line += "}\n".utf8
        return line
    }
}
