import Kube

/// Why a Service can't get the address or port it needs.
struct AllocationProblem: Error {
    let fault: FieldFault
}

/// Gives Services their cluster addresses and node ports. Pure: what others hold is an argument.
struct ServiceAllocation {
    private let first: UInt32
    private let count: UInt32
    private let reserved: Set<String>
    private let nodePorts: ClosedRange<Int>

    init(_ settings: APIServerSettings) {
        first = IPv4.number(settings.serviceNetwork) ?? 0
        count = UInt32(1) << UInt32(max(1, min(31, 32 - settings.servicePrefixLength)))
        reserved = [settings.dnsAddress, IPv4.text(first + 1)]
        nodePorts = settings.nodePorts
    }

    /// Fills in what the type of the Service calls for. What the old object had stays.
    func complete(_ service: inout JSON, replacing old: JSON?, others: [JSON]) throws(AllocationProblem) {
        guard var spec = service["spec"] else { return }
        if spec["type"] == "ExternalName" {
            for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"] {
                spec[field] = nil
            }
            service["spec"] = spec
            return
        }
        let before = old?["spec"]
        if spec["clusterIP"]?.string?.isEmpty ?? true {
            spec["clusterIP"] = spec[path: "clusterIPs"]?[0] ?? before?["clusterIP"]
        }
        let used = Set(others.compactMap { $0[path: "spec", "clusterIP"]?.string })
        if let wanted = spec["clusterIP"]?.string, !wanted.isEmpty {
            if wanted != "None", before?["clusterIP"]?.string != wanted { try check(wanted, used) }
        } else {
            spec["clusterIP"] = .string(try freeAddress(used))
        }
        spec["clusterIPs"] = [spec["clusterIP"] ?? ""]
        let type = spec["type"]
        let getsPorts = type == "NodePort" || (type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] != false)
        if getsPorts { try assignPorts(&spec, before, others) }
        service["spec"] = spec
    }

    private func check(_ address: String, _ used: Set<String>) throws(AllocationProblem) {
        let path = "spec.clusterIPs"
        guard let number = IPv4.number(address), number > first, number < first + count - 1 else {
            throw AllocationProblem(
                fault: .invalid(
                    path, [.string(address)],
                    "failed to allocate IP \(address): the provided IP is not in the valid range"))
        }
        if used.contains(address) {
            throw AllocationProblem(
                fault: .invalid(
                    path, [.string(address)], "failed to allocate IP \(address): provided IP is already allocated"))
        }
    }

    /// Addresses handed out begin after the first 256, which are left to those who ask by name.
    private func freeAddress(_ used: Set<String>) throws(AllocationProblem) -> String {
        let start = min(UInt32(256), count / 4)
        for offset in 0..<(count - 2) {
            let address = IPv4.text(first + 1 + (start + offset) % (count - 2))
            if !used.contains(address), !reserved.contains(address) { return address }
        }
        throw AllocationProblem(fault: .invalid("spec.clusterIPs", [], "failed to allocate a serviceIP: range is full"))
    }

    private func assignPorts(_ spec: inout JSON, _ before: JSON?, _ others: [JSON]) throws(AllocationProblem) {
        var used = Set(others.flatMap { $0[path: "spec", "ports"]?.array ?? [] }.compactMap { $0["nodePort"]?.int })
        var ports = spec["ports"]?.array ?? []
        let held = before?["ports"]?.array ?? []
        for index in ports.indices {
            let kept = held.first { $0["port"] == ports[index]["port"] && $0["protocol"] == ports[index]["protocol"] }
            let wanted = ports[index]["nodePort"]?.int ?? 0
            if wanted != 0 {
                if used.contains(wanted) {
                    throw AllocationProblem(
                        fault: .invalid(
                            "spec.ports[\(index)].nodePort", .int(Int64(wanted)), "provided port is already allocated"))
                }
                if !nodePorts.contains(wanted) {
                    throw AllocationProblem(
                        fault: .invalid(
                            "spec.ports[\(index)].nodePort", .int(Int64(wanted)),
                            "provided port is not in the valid range. The range of valid ports is "
                                + "\(nodePorts.lowerBound)-\(nodePorts.upperBound)"))
                }
                used.insert(wanted)
                continue
            }
            if let number = kept?["nodePort"] {
                ports[index]["nodePort"] = number
                continue
            }
            guard let free = nodePorts.first(where: { !used.contains($0) }) else {
                throw AllocationProblem(
                    fault: .invalid("spec.ports[\(index)].nodePort", 0, "failed to allocate a nodePort: range is full"))
            }
            used.insert(free)
            ports[index]["nodePort"] = .int(Int64(free))
        }
        if !ports.isEmpty { spec["ports"] = .array(ports) }
    }
}

/// IPv4 addresses as numbers.
enum IPv4 {
    static func number(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard let byte = UInt8(part) else { return nil }
            number = number << 8 | UInt32(byte)
        }
        return number
    }

    static func text(_ number: UInt32) -> String {
        "\(number >> 24 & 255).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    }
}
