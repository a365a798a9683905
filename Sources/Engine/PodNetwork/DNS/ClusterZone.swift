import Kube

/// The names of the cluster, as the DNS specification for Kubernetes lays them down.
///
/// https://github.com/kubernetes/dns/blob/master/docs/specification.md
struct ClusterZone: Sendable {
    let origin: DNSName
    private let networks: [IPv4Network]
    private let serial: UInt32
    private var records: [DNSName: [DNSRecord]] = [:]
    /// Every name on the way to a record exists too, without records of its own.
    private var existing: Set<DNSName> = []

    init(origin: String, networks: [IPv4Network], snapshot: ServiceSnapshot, serial: UInt32 = 1) {
        self.origin = DNSName(origin)
        self.networks = networks
        self.serial = serial
        add(DNSName("dns-version.\(origin)"), nil)
        for label in ["svc", "pod"] { add(DNSName("\(label).\(origin)"), nil) }
        let slices = Dictionary(grouping: snapshot.slices.values) {
            "\($0.namespace)/\($0.metadata.labels?[EndpointSlice.serviceLabel] ?? "")"
        }
        for (key, service) in snapshot.services.sorted(by: { $0.key < $1.key }) {
            add(service, slices: (slices[key] ?? []).sorted { $0.key < $1.key })
        }
    }

    /// What to do about a query.
    enum Verdict: Sendable, Equatable {
        case answer(DNSResponse)
        /// The name belongs to the world outside.
        case forward
        /// An alias to a name outside: its addresses have to be fetched and added to the record.
        case follow(DNSRecord, DNSName)
    }

    func resolve(_ query: DNSQuery) -> Verdict {
        guard query.opcode == 0 else { return .answer(DNSResponse(code: .notImplemented, isAuthoritative: false)) }
        guard query.name.isInside(origin) || isOwnReverse(query.name) else { return .forward }
        if let address = podAddress(query.name) {
            return answer([DNSRecord(query.name, .a(address))], query.type)
        }
        guard existing.contains(query.name) else {
            return .answer(DNSResponse(code: .nameError, authority: [authority]))
        }
        let all = records[query.name] ?? []
        if case .cname(let target)? = all.first?.data, query.type != DNSMessage.RecordType.cname {
            guard target.isInside(origin) else { return .follow(all[0], target) }
            let found = (records[target] ?? []).filter { $0.type == query.type }
            return .answer(DNSResponse(code: .noError, answers: [all[0]] + found))
        }
        return answer(all, query.type)
    }

    private func answer(_ all: [DNSRecord], _ type: UInt16) -> Verdict {
        let found = type == DNSMessage.RecordType.any ? all : all.filter { $0.type == type }
        if found.isEmpty { return .answer(DNSResponse(code: .noError, authority: [authority])) }
        let targets = found.flatMap { record -> [DNSRecord] in
            if case .srv(_, let target) = record.data {
                records[target]?.filter { $0.type == DNSMessage.RecordType.a } ?? []
            } else {
                []
            }
        }
        return .answer(DNSResponse(code: .noError, answers: found, additional: targets))
    }

    private var authority: DNSRecord { DNSRecord(origin, .soa(serial: serial, minimum: 5)) }

    /// `10-244-0-5.namespace.pod.<origin>`.
    private func podAddress(_ name: DNSName) -> IPv4Address? {
        guard name.labels.count == origin.labels.count + 3, name.isInside(origin), name.labels[2] == "pod" else {
            return nil
        }
        return IPv4Address(String(name.labels[0].map { $0 == "-" ? "." : $0 }))
    }

    private func isOwnReverse(_ name: DNSName) -> Bool {
        guard name.labels.count == 6, name.labels.suffix(2) == ["in-addr", "arpa"],
            let address = IPv4Address(name.labels.prefix(4).reversed().joined(separator: "."))
        else { return false }
        return networks.contains { $0.contains(address) }
    }

    // MARK: Building

    private mutating func add(_ name: DNSName, _ record: DNSRecord.Payload?) {
        if let record {
            let whole = DNSRecord(name, record)
            if records[name]?.contains(whole) != true { records[name, default: []].append(whole) }
        }
        existing.insert(name)
        guard name.isInside(origin) else { return }
        var ancestor = name
        while ancestor != origin {
            ancestor.labels.removeFirst()
            guard existing.insert(ancestor).inserted else { break }
        }
    }

    private mutating func addReverse(_ address: IPv4Address, _ name: DNSName) {
        let reverse = DNSName(address.bytes.reversed().map(String.init).joined(separator: ".") + ".in-addr.arpa")
        if records[reverse] == nil { add(reverse, .ptr(name)) }
    }

    private mutating func add(_ service: Service, slices: [EndpointSlice]) {
        let name = DNSName("\(service.name).\(service.namespace).svc.\(origin)")
        if service.spec.type == "ExternalName" {
            if let target = service.spec.externalName { add(name, .cname(DNSName(target))) }
            return
        }
        if let address = IPv4Address(service.spec.clusterIP ?? "") {
            add(name, .a(address))
            addReverse(address, name)
            for port in service.spec.ports ?? [] {
                addPort(port.name, port.protocol, port.port, of: name, target: name)
            }
            return
        }
        guard service.spec.clusterIP == "None" else { return }
        add(name, nil)
        for slice in slices where slice.addressType == "IPv4" {
            for endpoint in slice.endpoints ?? [] where endpoint.isReady {
                for address in endpoint.addresses.compactMap({ IPv4Address($0) }) {
                    let label = endpoint.hostname ?? address.description.replacing(".", with: "-")
                    let own = DNSName(labels: [label.lowercased()] + name.labels)
                    add(name, .a(address))
                    add(own, .a(address))
                    if endpoint.hostname != nil { addReverse(address, own) }
                    for port in slice.ports ?? [] {
                        guard let number = port.port else { continue }
                        addPort(port.name, port.protocol, number, of: name, target: own)
                    }
                }
            }
        }
    }

    /// Only ports with a name have an SRV record.
    private mutating func addPort(
        _ port: String?, _ transport: String?, _ number: Int, of name: DNSName, target: DNSName
    ) {
        guard let port, !port.isEmpty else { return }
        let labels = ["_" + port.lowercased(), "_" + (transport ?? "TCP").lowercased()]
        add(DNSName(labels: labels + name.labels), .srv(port: UInt16(truncatingIfNeeded: number), target: target))
    }
}
