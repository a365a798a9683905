import Glibc

extension MachineProbe {
    /// Whether a server could listen on a TCP port of an IPv4 address; 0 stands for any and always works.
    package static func port(_ port: Int, for name: String, at host: String) -> MachineFinding {
        let title = "port \(port)"
        var finding: MachineFinding
        switch tryListening(host, port) {
        case 0: finding = MachineFinding(title, .ok, "free at \(host)")
        case EADDRINUSE:
            finding = MachineFinding(
                title, .missing, "in use by another program",
                remedy:
                    "See by whom: ss -ltnp 'sport = :\(port)'. Or set another port for \"\(name)\" under \"ports\" in the configuration."
            )
        case EADDRNOTAVAIL:
            finding = MachineFinding(
                title, .missing, "\(host) is no address of this machine", remedy: "Set \"listen\" in the configuration."
            )
        case let number:
            finding = MachineFinding(
                title, .missing, String(cString: strerror(number)),
                remedy: "Run it as root, or set another port for \"\(name)\" under \"ports\" in the configuration.")
        }
        finding.purpose = name
        return finding
    }

    /// The number of the error, or 0.
    private static func tryListening(_ host: String, _ port: Int) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return EADDRNOTAVAIL }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 && listen(descriptor, 1) == 0 ? 0 : errno
    }
}
