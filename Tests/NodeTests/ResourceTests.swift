import Kube
import Linux
import Testing

@testable import Node

struct ResourceTests {
    static func spec(_ resources: (requests: [String: Quantity]?, limits: [String: Quantity]?)...) -> PodSpec {
        PodSpec(
            containers: resources.map { pair in
                var container = Kube.Container(name: "c", image: "i")
                container.resources = ResourceRequirements(requests: pair.requests, limits: pair.limits)
                return container
            })
    }

    @Test func `the class of a pod follows from its requests and limits`() {
        let full: [String: Quantity] = ["cpu": "1", "memory": "1Gi"]
        #expect(QualityOfService(of: Self.spec((nil, nil))) == .bestEffort)
        #expect(QualityOfService(of: Self.spec((full, full))) == .guaranteed)
        #expect(QualityOfService(of: Self.spec((nil, full))) == .guaranteed)
        #expect(QualityOfService(of: Self.spec((full, nil))) == .burstable)
        #expect(QualityOfService(of: Self.spec((full, full), (nil, nil))) == .burstable)
        #expect(QualityOfService(of: Self.spec((["cpu": "500m"], full))) == .burstable)
        #expect(QualityOfService(of: Self.spec((["cpu": "1000m", "memory": "1024Mi"], full))) == .guaranteed)
        #expect(QualityOfService(of: Self.spec((["cpu": "0"], nil))) == .bestEffort)
    }

    @Test(arguments: [
        (QualityOfService.guaranteed, 1 << 30, -997), (.bestEffort, 0, 1000), (.burstable, 0, 999),
        (.burstable, 1 << 30, 750),
        (.burstable, 4 << 30, 3),
    ])
    func `who promised least goes first when memory runs out`(_ quality: QualityOfService, _ request: Int, _ score: Int)
    {
        #expect(quality.outOfMemoryScore(memoryRequest: request, capacity: 4 << 30) == score)
    }

    @Test func `requests and limits become those of a control group`() {
        let limits = CgroupLimits(
            ResourceRequirements(requests: ["cpu": "250m"], limits: ["cpu": "500m", "memory": "64Mi"]))
        #expect(limits == CgroupLimits(cpuRequest: 250, cpuLimit: 500, memory: 64 << 20))
        #expect(CgroupLimits(ResourceRequirements(limits: ["cpu": "2"])).cpuRequest == 2000)
        #expect(CgroupLimits(nil) == CgroupLimits(cpuRequest: 0))
    }
}
