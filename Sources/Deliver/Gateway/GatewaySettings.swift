package import NIOCore

/// How the gateway listens and how long it waits. Times are limits on silence unless they say otherwise.
package struct GatewaySettings: Sendable {
    package var host: String
    package var port: Int
    /// Gateways of this class are served.
    package var gatewayClass = "estiba"
    /// Event loops; zero for one on each processor.
    package var threads = 0
    /// Whether what a client says in `X-Forwarded-*` and `Forwarded` is kept. Right only behind another proxy.
    package var trustsForwarded = false
    /// The largest request head, in bytes.
    package var largestHead = 32 * 1024
    package var connectTimeout = TimeAmount.seconds(2)
    /// From the first byte of a request head to its last.
    package var headTimeout = TimeAmount.seconds(10)
    /// Between two requests on a client's connection.
    package var keepAliveTimeout = TimeAmount.seconds(75)
    /// Without a byte in either direction while a request is under way.
    package var idleTimeout = TimeAmount.seconds(60)
    /// The same on an upgraded connection.
    package var tunnelTimeout = TimeAmount.hours(1)
    /// Unused connections kept for each endpoint by each event loop.
    package var pooledConnections = 128
    package var pooledTimeout = TimeAmount.seconds(30)
    /// How long an endpoint that refused a connection is passed over while there are others.
    package var ejection = TimeAmount.seconds(1)
    /// How long running requests may take to end after the gateway is told to stop.
    package var drainTimeout = TimeAmount.seconds(30)

    package init(host: String = "127.0.0.1", port: Int = 8080) {
        self.host = host
        self.port = port
    }
}
