import CLinux
import Glibc

extension RouteSocket {
    private static let create = UInt16(NLM_F_CREATE | NLM_F_EXCL)

    /// Makes a pair of virtual Ethernet devices: `name` here, `peer` in the namespace pinned at `peerNamespace`. Both are down.
    package mutating func addVethPair(_ name: String, peer: String, in peerNamespace: String) throws(NetlinkProblem) {
        let namespace = open(peerNamespace, O_RDONLY | O_CLOEXEC)
        guard namespace >= 0 else {
            throw NetlinkProblem(operation: "open the namespace \(peerNamespace)", errno: errno)
        }
        defer { close(namespace) }
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK), flags: Self.create)
        Self.linkHeader(&message)
        message.attribute(Int(IFLA_IFNAME), name)
        message.nested(Int(IFLA_LINKINFO)) { info in
            info.attribute(Int(IFLA_INFO_KIND), "veth")
            info.nested(Int(IFLA_INFO_DATA)) { data in
                data.nested(Int(VETH_INFO_PEER)) { other in
                    Self.linkHeader(&other)
                    other.attribute(Int(IFLA_IFNAME), peer)
                    other.attribute(Int(IFLA_NET_NS_FD), UInt32(bitPattern: namespace))
                }
            }
        }
        try request(message, "add the link \(name)")
    }

    /// The index of a link; throws a problem whose `isAbsent` is true where there is none.
    package mutating func index(of name: String) throws(NetlinkProblem) -> UInt32 {
        var message = NetlinkMessage(type: UInt16(RTM_GETLINK))
        Self.linkHeader(&message)
        message.attribute(Int(IFLA_IFNAME), name)
        let answers = try request(message, "find the link \(name)")
        guard let answer = answers.first, answer.count >= 8 else {
            throw NetlinkProblem(operation: "find the link \(name)", errno: ENODEV)
        }
        return Self.read(UInt32.self, answer, 4)
    }

    /// Brings a link up. With `forwarding`, packets that come in by it are forwarded whatever the namespace's default is.
    package mutating func bringUp(_ index: UInt32, forwarding: Bool = false) throws(NetlinkProblem) {
        var message = NetlinkMessage(type: UInt16(RTM_NEWLINK))
        Self.linkHeader(&message, index: index, flags: UInt32(IFF_UP), change: UInt32(IFF_UP))
        if forwarding {
            message.nested(Int(IFLA_AF_SPEC)) { families in
                families.nested(Int(AF_INET)) { inet in
                    inet.nested(Self.inetSettings) { $0.attribute(Self.forwardingSetting, UInt32(1)) }
                }
            }
        }
        try request(message, "bring up the link \(index)")
    }

    /// Removes a link, and with it its peer, addresses and routes. Absent links are not an error.
    package mutating func removeLink(_ name: String) throws(NetlinkProblem) {
        var message = NetlinkMessage(type: UInt16(RTM_DELLINK))
        Self.linkHeader(&message)
        message.attribute(Int(IFLA_IFNAME), name)
        do { try request(message, "remove the link \(name)") } catch  where error.isAbsent {}
    }

    /// IPV4_DEVCONF_FORWARDING and IFLA_INET_CONF of linux/ip.h and linux/if_link.h.
    private static let forwardingSetting = 1
    private static let inetSettings = 1

    private static func linkHeader(
        _ message: inout NetlinkMessage, index: UInt32 = 0, flags: UInt32 = 0, change: UInt32 = 0
    ) {
        message.append(UInt8(AF_UNSPEC))
        message.append(UInt8(0))
        message.append(UInt16(0))
        message.append(index)
        message.append(flags)
        message.append(change)
    }
}
