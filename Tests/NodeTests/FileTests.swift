import Kube
import Testing

@testable import Node

struct FileTests {
    static let cluster = ResolverFile.Cluster(server: "10.96.0.10", domain: "cluster.local")

    @Test func `names are looked up in the cluster first`() {
        let text = ResolverFile.text(
            policy: nil, isOnHostNetwork: false, namespace: "shop", cluster: Self.cluster,
            host: "search example.org cluster.local\nnameserver 192.0.2.53\n")
        #expect(
            text == """
                search shop.svc.cluster.local svc.cluster.local cluster.local example.org
                nameserver 10.96.0.10
                options ndots:5

                """)
    }

    @Test(arguments: [("Default", false), ("ClusterFirst", true)])
    func `on the host's network, or where asked for, the host's servers are used`(
        _ policy: String, _ isOnHostNetwork: Bool
    ) {
        let text = ResolverFile.text(
            policy: policy, isOnHostNetwork: isOnHostNetwork, namespace: "shop", cluster: Self.cluster,
            host: "nameserver 192.0.2.53\n")
        #expect(text == "nameserver 192.0.2.53\n")
    }

    @Test func `a pod finds itself and its aliases in its hosts file`() {
        let aliases: [HostAlias] = NodeScope.parts(["ip": "192.0.2.7", "hostnames": ["a", "b"]])
        let text = HostsFile.text(
            hostname: "web-0", fullName: "web-0.web.shop.svc.cluster.local", address: "10.244.0.5", aliases: aliases)
        #expect(text.hasSuffix("10.244.0.5\tweb-0.web.shop.svc.cluster.local\tweb-0\n192.0.2.7\ta\tb\n"))
    }

    @Test(
        arguments: [
            ("a", nil, ImagePullPolicy.always), ("a:latest", nil, .always), ("a:1", nil, .ifNotPresent),
            ("r:5000/a", nil, .always),
            ("r:5000/a:2", nil, .ifNotPresent), ("a@sha256:00", nil, .ifNotPresent), ("a", "Never", .never),
        ] as [(String, String?, ImagePullPolicy)])
    func `the pull policy follows from the reference`(_ image: String, _ policy: String?, _ expected: ImagePullPolicy) {
        var container = Kube.Container(name: "c", image: image)
        container.imagePullPolicy = policy
        #expect(ImagePullPolicy(of: container) == expected)
    }
}
