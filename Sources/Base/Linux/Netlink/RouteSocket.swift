import CLinux
import Glibc

/// A conversation with the kernel about links, addresses and routes of one network namespace (rtnetlink(7)).
/// Each call is one round trip of some microseconds and doesn't suspend.
package struct RouteSocket: ~Copyable, Sendable {
    private let descriptor: Int32
    private var sequence: UInt32 = 0

    /// - Parameter namespace: the path of a pinned network namespace; nil for the one of this process.
    package init(namespace: String? = nil) throws(NetlinkProblem) {
        let opened = clinux_socket_in_namespace(namespace, AF_NETLINK, Int32(SOCK_RAW.rawValue), NETLINK_ROUTE)
        guard opened >= 0 else {
            throw NetlinkProblem(operation: "open a netlink socket in \(namespace ?? "this namespace")", errno: -opened)
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its acknowledgement; returns the payloads of answers that came before it.
    @discardableResult
    mutating func request(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkProblem)
        -> [[UInt8]]
    {
        sequence += 1
        let bytes = message.finished(sequence: sequence)
        guard send(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw NetlinkProblem(operation: operation(), errno: errno)
        }
        var answers: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw NetlinkProblem(operation: operation(), errno: errno) }
            var offset = 0
            while offset + 16 <= count {
                let length = Int(Self.read(UInt32.self, buffer, offset))
                guard length >= 16, offset + length <= count else { break }
                let type = Self.read(UInt16.self, buffer, offset + 4)
                let isMine = Self.read(UInt32.self, buffer, offset + 8) == sequence
                if isMine, type == UInt16(NLMSG_ERROR) {
                    let code = Int32(bitPattern: Self.read(UInt32.self, buffer, offset + 16))
                    if code != 0 { throw NetlinkProblem(operation: operation(), errno: -code) }
                    return answers
                }
                if isMine { answers.append(Array(buffer[(offset + 16)..<(offset + length)])) }
                offset += (length + 3) & ~3
            }
        }
    }

    static func read<Value: FixedWidthInteger>(_ type: Value.Type, _ bytes: [UInt8], _ offset: Int) -> Value {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }
}
