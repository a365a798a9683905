import CLinux
import Glibc
import Synchronization

/// Waits for descriptors to become ready, for the whole process, with one thread and one epoll instance.
///
/// Waiting costs no thread and no time: a waiter is a continuation. A pidfd, a pipe, a socket and an inotify descriptor are
/// all waited for in this one way. Each waiter holds on to its files until it has been resumed.
final class Poller: Sendable {
    enum Interest: UInt32 {
        case readable = 0x001
        case writable = 0x004
    }

    /// The one instance: descriptors belong to the process, and so does the thread that watches them.
    static let process = Poller()

    private struct Waiter {
        let files: [OpenFile]
        let descriptors: [Int32]
        let interest: UInt32
        let resume: @Sendable ((any Error)?) -> Void
    }

    private struct State {
        var next: UInt64 = 1
        var waiters: [UInt64: Waiter] = [:]
        var tokens: [Int32: [UInt64]] = [:]
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())
    private let epoll: Int32

    private init() {
        epoll = epoll_create1(Int32(O_CLOEXEC))
        if epoll >= 0 {
            let epoll = epoll
            Thread.start(name: "estiba-poll") { [self] in loop(epoll) }
        }
    }

    /// Returns when one of the files is ready, or has hung up. Throws `CancellationError` when the task is cancelled.
    func wait(for interest: Interest, on files: [OpenFile]) async throws {
        let token = takeToken()
        defer { state.withLock { _ = $0.cancelled.remove(token) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                add(token, files, interest) { error in
                    if let error { continuation.resume(throwing: error) } else { continuation.resume() }
                }
            }
        } onCancel: {
            cancel(token)
        }
    }

    /// Calls back once, from the polling thread, when the file is readable; the task's cancellation plays no part.
    func whenReadable(_ file: OpenFile, _ body: @escaping @Sendable ((any Error)?) -> Void) {
        add(takeToken(), [file], .readable, body)
    }

    private func takeToken() -> UInt64 {
        state.withLock {
            $0.next += 1
            return $0.next
        }
    }

    private func add(
        _ token: UInt64, _ files: [OpenFile], _ interest: Interest, _ resume: @escaping @Sendable ((any Error)?) -> Void
    ) {
        enum Outcome { case waiting, ready, failed(any Error) }
        let outcome: Outcome = state.withLock { state in
            if state.cancelled.remove(token) != nil { return .failed(CancellationError()) }
            let descriptors = files.map(\.descriptor)
            state.waiters[token] = Waiter(
                files: files, descriptors: descriptors, interest: interest.rawValue, resume: resume)
            for descriptor in descriptors {
                state.tokens[descriptor, default: []].append(token)
                let number = arm(descriptor, in: state)
                if number != 0 {
                    remove(token, from: &state)
                    // Regular files can't be polled: they are always ready.
                    return number == EPERM ? .ready : .failed(SystemProblem("epoll_ctl", number: number))
                }
            }
            return .waiting
        }
        switch outcome {
        case .waiting: break
        case .ready: resume(nil)
        case .failed(let error): resume(error)
        }
    }

    private func cancel(_ token: UInt64) {
        let waiter = state.withLock { state in
            let waiter = remove(token, from: &state)
            if waiter == nil { state.cancelled.insert(token) }
            return waiter
        }
        waiter?.resume(CancellationError())
    }

    @discardableResult
    private func remove(_ token: UInt64, from state: inout State) -> Waiter? {
        guard let waiter = state.waiters.removeValue(forKey: token) else { return nil }
        for descriptor in waiter.descriptors {
            guard var tokens = state.tokens[descriptor] else { continue }
            tokens.removeAll { $0 == token }
            state.tokens[descriptor] = tokens.isEmpty ? nil : tokens
            _ = arm(descriptor, in: state)
        }
        return waiter
    }

    /// Tells the kernel what this descriptor's waiters want now. Returns the error number.
    private func arm(_ descriptor: Int32, in state: State) -> Int32 {
        guard epoll >= 0 else { return EMFILE }
        var wanted: UInt32 = 0
        for token in state.tokens[descriptor] ?? [] { wanted |= state.waiters[token]?.interest ?? 0 }
        if wanted == 0 {
            _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
            return 0
        }
        var event = epoll_event(events: wanted, data: epoll_data_t(fd: descriptor))
        if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0 { return 0 }
        if errno == ENOENT, epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 { return 0 }
        return errno
    }

    private func loop(_ epoll: Int32) {
        let capacity = 128
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        while true {
            let count = epoll_wait(epoll, events, Int32(capacity), -1)
            if count <= 0 { continue }
            let due = state.withLock { state in
                var due: [Waiter] = []
                for index in 0..<Int(count) {
                    let event = events[index]
                    // Errors and hang-ups wake everyone who waits on the descriptor.
                    let ended = event.events & 0x018 != 0
                    let tokens = state.tokens[event.data.fd] ?? []
                    if tokens.isEmpty { _ = epoll_ctl(epoll, EPOLL_CTL_DEL, event.data.fd, nil) }
                    for token in tokens {
                        guard let waiter = state.waiters[token] else { continue }
                        if ended || waiter.interest & event.events != 0, let waiter = remove(token, from: &state) {
                            due.append(waiter)
                        }
                    }
                }
                return due
            }
            for waiter in due { waiter.resume(nil) }
        }
    }
}
