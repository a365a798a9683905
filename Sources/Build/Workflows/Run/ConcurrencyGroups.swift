import Synchronization

/// At most one run holds a group, and at most one waits for it; a newer one takes the place of the one that waits.
final class ConcurrencyGroups: Sendable {
    private struct Group {
        var holder: CancelSignal
        var waiting: (cancel: CancelSignal, continuation: CheckedContinuation<Bool, Never>)?
    }

    private let groups = Mutex<[String: Group]>([:])

    /// Runs `body` while holding the group. Nil where it was cancelled while it waited.
    func hold<Value: Sendable>(
        _ name: String, cancelsHolder: Bool, _ cancel: CancelSignal, _ body: () async -> Value
    ) async -> Value? {
        guard await take(name, cancelsHolder, cancel) else { return nil }
        let value = await body()
        give(name)
        return value
    }

    private func take(_ name: String, _ cancelsHolder: Bool, _ cancel: CancelSignal) async -> Bool {
        await withCheckedContinuation { continuation in
            enum Step {
                case hold, wait(holder: CancelSignal, replaced: CancelSignal?, CheckedContinuation<Bool, Never>?)
            }
            let step: Step = groups.withLock { groups in
                guard var group = groups[name] else {
                    groups[name] = Group(holder: cancel)
                    return .hold
                }
                let replaced = group.waiting
                group.waiting = (cancel, continuation)
                groups[name] = group
                return .wait(holder: group.holder, replaced: replaced?.cancel, replaced?.continuation)
            }
            switch step {
            case .hold: continuation.resume(returning: true)
            case .wait(let holder, let replaced, let other):
                replaced?.cancel("a newer run waits for the concurrency group \"\(name)\"")
                other?.resume(returning: false)
                if cancelsHolder { holder.cancel("a newer run takes over the concurrency group \"\(name)\"") }
                cancel.onCancel { [self] _ in drop(name, cancel) }
            }
        }
    }

    private func drop(_ name: String, _ cancel: CancelSignal) {
        let waiting = groups.withLock { groups -> CheckedContinuation<Bool, Never>? in
            guard let waiting = groups[name]?.waiting, waiting.cancel === cancel else { return nil }
            groups[name]?.waiting = nil
            return waiting.continuation
        }
        waiting?.resume(returning: false)
    }

    private func give(_ name: String) {
        let next = groups.withLock { groups -> CheckedContinuation<Bool, Never>? in
            guard let waiting = groups[name]?.waiting else {
                groups[name] = nil
                return nil
            }
            groups[name] = Group(holder: waiting.cancel)
            return waiting.continuation
        }
        next?.resume(returning: true)
    }
}
