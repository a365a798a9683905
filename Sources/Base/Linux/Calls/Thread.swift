import CLinux
import Dispatch
import Glibc
import Synchronization

/// Operating-system threads, for the few things that belong to a thread and not to a task: namespaces, the parent of
/// processes that must die with it, a loop that blocks in the kernel.
package enum Thread {
    /// Starts a detached thread.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let name: String
            let body: @Sendable () -> Void
            init(_ name: String, _ body: @escaping @Sendable () -> Void) {
                self.name = name
                self.body = body
            }
        }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 1 << 20)
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(name, body))
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                cl_name_thread(box.name)
                box.body()
                return nil
            }, box.toOpaque())
        pthread_attr_destroy(&attributes)
        if status != 0 {
            // Without a thread of its own the work is done by one of the dispatch pool, which always exists.
            box.release()
            DispatchQueue.global().async(execute: body)
        }
    }

    /// Runs a blocking closure on a thread of its own that ends with it.
    package static func run<Value: Sendable>(
        name: String = "estiba-work", _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            start(name: name) { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// A thread that lives as long as the process and runs closures one after another.
final class WorkThread: Sendable {
    private let queue = Mutex<[@Sendable () -> Void]>([])
    private let available = DispatchSemaphore(value: 0)

    init(name: String) {
        Thread.start(name: name) { [self] in
            while true {
                available.wait()
                let work = queue.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                work?()
            }
        }
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.withLock { $0.append { continuation.resume(with: Result { try body() }) } }
            available.signal()
        }
    }
}
