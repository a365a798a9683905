import Glibc
import Testing

@testable import Linux

struct MachineTests {
    @Test(arguments: [
        ("6.1.0-18-amd64", MachineFinding.State.ok), ("5.6.0", .ok), ("5.4.0-100", .missing), ("4.19", .missing),
        ("nonsense", .missing),
    ])
    func `the kernel must be new enough`(release: String, state: MachineFinding.State) {
        #expect(MachineProbe.kernel(release).state == state)
    }

    @Test func `one runtime is enough, and none says what to install`() {
        #expect(MachineProbe.runtimes(crun: "crun 1", runc: "runc 1").allSatisfy { $0.state == .ok })
        #expect(MachineProbe.runtimes(crun: "crun 1", runc: nil).map(\.state) == [.ok])
        #expect(MachineProbe.runtimes(crun: nil, runc: "runc 1").map(\.state) == [.degraded])
        #expect(MachineProbe.runtimes(crun: nil, runc: nil).first?.remedy == "Install crun: apt install crun")
    }

    @Test(arguments: [
        ("git", "git version 2.39.5", "git 2.39.5"), ("nft", "nftables v1.0.6 (Lester Gooch #5)", "nft 1.0.6"),
        ("crun", "crun version 1.8.1", "crun 1.8.1"), ("odd", "no number", "odd"),
    ])
    func `a program's version is its name and a number`(_ name: String, _ line: String, _ version: String) {
        #expect(MachineProbe.version(of: name, in: line) == version)
    }

    @Test func `a port that is taken is named with the way to find who has it`() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, size)
                _ = getsockname(descriptor, $0, &size)
            }
        }
        #expect(listen(descriptor, 1) == 0)
        let port = Int(UInt16(bigEndian: address.sin_port))
        let taken = MachineProbe.port(port, for: "gateway", at: "127.0.0.1")
        #expect(taken.state == .missing && taken.remedy?.contains("ss -ltnp 'sport = :\(port)'") == true)
        #expect(MachineProbe.port(0, for: "gateway", at: "127.0.0.1").state == .ok)
        #expect(MachineProbe.port(0, for: "gateway", at: "192.0.2.1").remedy?.contains("listen") == true)
    }

    @Test func `everything is tried, and nothing remains of it`() async throws {
        try await withScratch { path in
            let findings = await MachineProbe(directory: path).findings()
            #expect(findings.count >= 15)
            #expect(Set(findings.map(\.name)).count == findings.count)
            #expect(findings.allSatisfy { !$0.detail.isEmpty && !$0.purpose.isEmpty })
            #expect(findings.allSatisfy { $0.state == .ok || $0.remedy != nil })
            let left = try FileSystem.list(path)
            #expect(left.isEmpty)
            if isRoot { #expect(findings.first { $0.name == "overlay file system" }?.state == .ok) }
        }
    }
}
