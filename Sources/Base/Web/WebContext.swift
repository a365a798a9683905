package import Hummingbird
import Logging
import NIOCore

/// What accompanies a request through the routes of every HTTP surface of Estiba.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The peer's address without its port; nil for a socket that has none.
    package let remoteAddress: String?
    /// Whether the peer is on this machine.
    package let isLoopback: Bool
    /// Who is asking, once a middleware has found out.
    package var caller: String?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        let address = source.channel.remoteAddress
        remoteAddress = address?.ipAddress
        isLoopback = address?.ipAddress.map { $0.hasPrefix("127.") || $0 == "::1" } ?? true
    }

    /// Request bodies that are collected whole may have this many bytes.
    package var maxUploadSize: Int { 8 << 20 }
}

/// The routes of an HTTP surface.
package typealias WebRouter = Router<WebContext>
