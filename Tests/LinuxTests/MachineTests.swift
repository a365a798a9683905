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

    @Test func `everything is tried, and nothing remains of it`() async throws {
        try await withScratch { path in
            let findings = await MachineProbe(directory: path).findings()
            #expect(findings.count >= 15)
            #expect(Set(findings.map(\.name)).count == findings.count)
            #expect(findings.allSatisfy { $0.state != .missing || $0.remedy != nil || !$0.detail.isEmpty })
            let left = try FileSystem.list(path)
            #expect(left.isEmpty)
            if isRoot { #expect(findings.first { $0.name == "overlay file system" }?.state == .ok) }
        }
    }
}
