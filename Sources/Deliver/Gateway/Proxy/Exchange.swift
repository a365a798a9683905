import NIOCore

/// One request with its answer.
final class Exchange {
    let head: RequestHead
    var body: BodyReader
    let started: NIODeadline
    let requestID: [UInt8]
    let isHead: Bool
    /// What the rule changes; nil where it changes nothing.
    var filters: RouteFilters?
    var matched = PathCondition.prefix([])
    var targets: [InstalledTable.Target] = []
    /// Index into the table's backends, as long as `generation` is the table's.
    var backend = 0
    var generation = 0
    /// Where it is counted; nil until that is known.
    var cell: TrafficCell?
    var endpoint: EndpointState? {
        didSet { if let endpoint { lastEndpoint = endpoint } }
    }
    /// The endpoint of the last attempt.
    private(set) var lastEndpoint: EndpointState?
    var attempts = 0
    /// The port of the Service, by which its backend is found again in another table.
    var port = 0
    /// Whether a part of the body has gone to a backend.
    var hasSentBody = false
    var hasRetried = false
    var status = 0
    var hasBegunAnswer = false
    var bytesOut = 0
    /// When the whole of it, or the present attempt, has to be done.
    var deadline: NIODeadline?
    var attemptTimeout: TimeAmount?
    var attemptDeadline: NIODeadline?
    /// The client can't read chunks.
    var isUnchunked = false
    /// The client's connection ends with this answer.
    var closes: Bool

    init(_ head: RequestHead, requestID: [UInt8], started: NIODeadline, closes: Bool) {
        self.head = head
        body = BodyReader(head.framing)
        self.requestID = requestID
        self.started = started
        self.closes = closes
        isHead = head.isMethod("HEAD")
    }

    /// Whether the request can be sent once more, as if it had never been sent.
    var isRepeatable: Bool { !hasSentBody && !hasBegunAnswer && head.isIdempotent }
}
