import Problems

/// A page's changes as events: `hello` with the version of the assets, then `page` with the document's body whenever it
/// differs, `trouble` with the words of a problem where the facts can't be had.
struct LiveUpdates: AsyncSequence, Sendable {
    /// Waits until the next look.
    let pause: @Sendable () async throws -> Void
    let render: @Sendable () async throws -> HTML

    /// So many looks without a change are followed by a sign of life.
    static let quietLooks = 5

    func makeAsyncIterator() -> Iterator { Iterator(pause: pause, render: render) }

    struct Iterator: AsyncIteratorProtocol {
        let pause: @Sendable () async throws -> Void
        let render: @Sendable () async throws -> HTML
        private var hasGreeted = false
        private var hasLooked = false
        private var last: [UInt8] = []
        private var quiet = 0

        init(pause: @escaping @Sendable () async throws -> Void, render: @escaping @Sendable () async throws -> HTML) {
            self.pause = pause
            self.render = render
        }

        mutating func next() async throws -> [UInt8]? {
            if !hasGreeted {
                hasGreeted = true
                return Array("retry: 2000\n".utf8) + EventStream.event("hello", Asset.build)
            }
            do {
                while !Task.isCancelled {
                    if hasLooked { try await pause() }
                    hasLooked = true
                    let event = try await look()
                    if event != last {
                        last = event
                        quiet = 0
                        return event
                    }
                    quiet += 1
                    if quiet >= LiveUpdates.quietLooks {
                        quiet = 0
                        return EventStream.heartbeat
                    }
                }
            } catch is CancellationError {}
            return nil
        }

        private func look() async throws -> [UInt8] {
            do {
                return EventStream.event("page", try await render().text)
            } catch let error as CancellationError {
                throw error
            } catch {
                return EventStream.event("trouble", brief(error))
            }
        }
    }
}
