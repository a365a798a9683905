package import Problems

/// What goes wrong with addresses, rules and names.
package enum PodNetworkProblem: Problem {
    case configuration(String)
    case addressesExhausted(network: IPv4Network)
    case rules(output: String)
    case dnsBind(address: String, port: Int, why: String)
    case forwarding(why: String)
    case sandbox(path: String, why: String)

    package var code: String {
        switch self {
        case .configuration: "pod-network.configuration"
        case .addressesExhausted: "pod-network.addresses-exhausted"
        case .rules: "pod-network.rules"
        case .dnsBind: "pod-network.dns-bind"
        case .forwarding: "pod-network.forwarding"
        case .sandbox: "pod-network.sandbox"
        }
    }

    package var summary: String {
        switch self {
        case .configuration(let sentence): sentence
        case .addressesExhausted(let network): "no address is free in the pod range \(network)"
        case .rules(let output): "nftables refused the rules for services: \(output)"
        case .dnsBind(let address, let port, let why): "cluster DNS can't listen on \(address):\(port): \(why)"
        case .forwarding(let why): "forwarding between pods and other machines can't be switched on: \(why)"
        case .sandbox(let path, let why): "the pod sandbox at \(path) can't be kept: \(why)"
        }
    }

    package var remedy: String? {
        switch self {
        case .configuration: "Correct the network section of the configuration."
        case .addressesExhausted: "Delete pods that aren't needed or configure a larger pod range."
        case .rules: "Check that nftables is installed and that the kernel has NAT support: estiba doctor."
        case .dnsBind: "Stop the program that uses this port, or configure another DNS port."
        case .forwarding: "Set net.ipv4.ip_forward=1 as root."
        case .sandbox: "Check free space and permissions of the data directory."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .configuration: .invalid
        case .addressesExhausted: .exhausted
        default: .failed
        }
    }
}
