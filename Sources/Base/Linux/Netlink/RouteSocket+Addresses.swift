import CLinux
import Glibc

extension RouteSocket {
    /// Gives the link an IPv4 address. `address` is in network order, as four bytes. One that is there already stays.
    package mutating func addAddress(_ address: [UInt8], prefix: UInt8, on index: UInt32) throws(NetlinkProblem) {
        var message = NetlinkMessage(type: UInt16(RTM_NEWADDR), flags: UInt16(NLM_F_CREATE | NLM_F_EXCL))
        message.append(UInt8(AF_INET))
        message.append(prefix)
        message.append(UInt8(0))
        message.append(UInt8(RT_SCOPE_UNIVERSE.rawValue))
        message.append(index)
        message.attribute(Int(IFA_LOCAL), address)
        message.attribute(Int(IFA_ADDRESS), address)
        do {
            try request(message, "add the address \(Self.dotted(address))/\(prefix)")
        } catch  where error.isAlreadyThere {}
    }

    /// Takes an IPv4 address from the link. An absent one is not an error.
    package mutating func removeAddress(_ address: [UInt8], prefix: UInt8, on index: UInt32) throws(NetlinkProblem) {
        var message = NetlinkMessage(type: UInt16(RTM_DELADDR))
        message.append(UInt8(AF_INET))
        message.append(prefix)
        message.append(UInt16(0))
        message.append(index)
        message.attribute(Int(IFA_LOCAL), address)
        do {
            try request(message, "remove the address \(Self.dotted(address))/\(prefix)")
        } catch  where error.isAbsent {}
    }

    /// Where packets to a network go.
    package struct Route: Sendable {
        /// Network order; empty for the default route.
        package var destination: [UInt8]
        package var prefix: UInt8
        /// The router's address; nil where the destination is on the link itself.
        package var gateway: [UInt8]?
        /// The preferred source address of packets that this host sends.
        package var source: [UInt8]?

        package init(_ destination: [UInt8] = [], prefix: UInt8 = 0, gateway: [UInt8]? = nil, source: [UInt8]? = nil) {
            self.destination = destination
            self.prefix = prefix
            self.gateway = gateway
            self.source = source
        }
    }

    /// Adds a route by the link `index`, or replaces the one to the same destination.
    package mutating func setRoute(_ route: Route, by index: UInt32) throws(NetlinkProblem) {
        let message = Self.routeMessage(
            route, by: index, type: UInt16(RTM_NEWROUTE), flags: UInt16(NLM_F_CREATE | NLM_F_REPLACE))
        try request(message, "add the route to \(Self.dotted(route.destination))/\(route.prefix)")
    }

    /// Removes a route. An absent one is not an error.
    package mutating func removeRoute(_ route: Route, by index: UInt32) throws(NetlinkProblem) {
        let message = Self.routeMessage(route, by: index, type: UInt16(RTM_DELROUTE), flags: 0)
        do {
            try request(message, "remove the route to \(Self.dotted(route.destination))/\(route.prefix)")
        } catch  where error.isAbsent {}
    }

    private static func routeMessage(_ route: Route, by index: UInt32, type: UInt16, flags: UInt16) -> NetlinkMessage {
        let scope = route.gateway == nil ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE
        var message = NetlinkMessage(type: type, flags: flags)
        message.append(UInt8(AF_INET))
        message.append(route.prefix)
        message.append(UInt8(0))  // source prefix
        message.append(UInt8(0))  // type of service
        message.append(UInt8(RT_TABLE_MAIN.rawValue))
        message.append(UInt8(RTPROT_BOOT))
        message.append(UInt8(scope.rawValue))
        message.append(UInt8(RTN_UNICAST))
        message.append(UInt32(0))
        if !route.destination.isEmpty { message.attribute(Int(RTA_DST.rawValue), route.destination) }
        if let gateway = route.gateway { message.attribute(Int(RTA_GATEWAY.rawValue), gateway) }
        if let source = route.source { message.attribute(Int(RTA_PREFSRC.rawValue), source) }
        message.attribute(Int(RTA_OIF.rawValue), index)
        return message
    }

    private static func dotted(_ address: [UInt8]) -> String {
        address.isEmpty ? "default" : address.map(String.init).joined(separator: ".")
    }
}
