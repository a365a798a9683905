import Kube

/// The conditions of a status, with times that change only when they should.
struct Conditions: Sendable {
    private(set) var list: [Condition]
    private let now: Moment

    init(_ list: [Condition], now: Moment) {
        self.list = list
        self.now = now
    }

    subscript(_ type: String) -> Condition? { list.first { $0.type == type } }

    /// Leaves a condition of the same status and reason as it is, but for its message.
    mutating func set(_ type: String, _ status: String, _ reason: String, _ message: String) {
        guard let index = list.firstIndex(where: { $0.type == type }), list[index].status == status,
            list[index].reason == reason
        else { return renew(type, status, reason, message) }
        list[index].message = message
    }

    /// Sets a condition with the present time as its last update.
    mutating func renew(_ type: String, _ status: String, _ reason: String, _ message: String) {
        let old = self[type]
        let condition = Condition(
            type: type, status: status, reason: reason, message: message,
            lastTransitionTime: old?.status == status ? old?.lastTransitionTime ?? now.text : now.text,
            lastUpdateTime: now.text)
        if let index = list.firstIndex(where: { $0.type == type }) {
            list[index] = condition
        } else {
            list.append(condition)
        }
    }

    mutating func remove(_ type: String) { list.removeAll { $0.type == type } }
}
