import Glibc

extension MachineProbe {
    /// crun or runc; one is enough.
    func runtimes() async -> [MachineFinding] {
        let crun = await version("crun")
        let runc = await version("runc")
        return MachineProbe.runtimes(crun: crun, runc: runc)
    }

    static func runtimes(crun: String?, runc: String?) -> [MachineFinding] {
        switch (crun, runc) {
        case (let crun?, let runc?):
            [MachineFinding("container runtime", .ok, crun), MachineFinding("second runtime", .ok, runc)]
        case (let crun?, nil): [MachineFinding("container runtime", .ok, crun)]
        case (nil, let runc?):
            [
                MachineFinding(
                    "container runtime", .degraded, "\(runc), slower than crun",
                    remedy: "Install crun: apt install crun")
            ]
        case (nil, nil):
            [
                MachineFinding(
                    "container runtime", .missing, "neither crun nor runc is installed",
                    remedy: "Install crun: apt install crun")
            ]
        }
    }

    /// A program that has a Debian package of its name.
    func program(_ name: String, otherwise: MachineFinding.State = .missing) async -> MachineFinding {
        if let version = await version(name) { return MachineFinding(name, .ok, version) }
        return MachineFinding(name, otherwise, "not installed", remedy: "Install it: apt install \(name)")
    }

    /// The first line of `--version`; nil when the program isn't there or doesn't work.
    private func version(_ name: String) async -> String? {
        guard let result = try? await Command(name, ["--version"]).run(outputLimit: 4096, timeout: .seconds(10)),
            result.status.isSuccess
        else { return nil }
        let line = result.text.split(separator: "\n").first.map(String.init) ?? name
        return MachineProbe.version(of: name, in: line)
    }

    /// `nft 1.0.6` of `nftables v1.0.6 (Lester Gooch #5)`.
    static func version(of name: String, in line: String) -> String {
        let number = line.split(separator: " ").lazy.map { $0.hasPrefix("v") ? $0.dropFirst() : $0 }
            .first { $0.first?.isNumber == true }
        return number.map { "\(name) \($0)" } ?? name
    }

    /// Makes a table in a network namespace of its own.
    func packetFilter() async -> MachineFinding {
        let name = "packet filter"
        guard Command.locate("nft") != nil else {
            return MachineFinding(
                name, .missing, "nft is not installed",
                remedy: "Install it: apt install nftables")
        }
        do {
            let scratch = try FileSystem.makeTemporaryDirectory(prefix: directory + "/probe-")
            defer { try? FileSystem.removeTree(scratch) }
            let pins = PinnedNamespaces(directory: scratch)
            try pins.create(hostname: "probe")
            defer { try? pins.remove() }
            var command = Command(
                "nft",
                [
                    "add table ip probe; add chain ip probe c { type nat hook prerouting priority 0; }; delete table ip probe"
                ])
            command.namespaces = [try OpenFile.open(pins.network, O_RDONLY)]
            try await command.run(timeout: .seconds(10)).checked()
            return MachineFinding(name, .ok, await version("nft") ?? "nft works")
        } catch {
            return MachineFinding(
                name, .missing, "a table could not be made: \(error)",
                remedy: "Use a kernel with nftables and NAT (nf_tables, nft_chain_nat).")
        }
    }
}
