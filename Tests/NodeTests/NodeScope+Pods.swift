import Kube

@testable import Node

extension NodeScope {
    /// The parts of a pod that some JSON stands for. What isn't right there is a mistake of the test and gives none.
    static func parts<Value: Decodable>(_ trees: JSON...) -> [Value] { trees.compactMap { try? $0.decode(Value.self) } }

    /// Serves `/data` over HTTP, is ready when there is a page, and broken when there is a file `broken`.
    static func probedPod() -> Pod {
        pod("web", "echo started; httpd -p 8080 -h /data; sleep 1000") { pod in
            pod.spec.terminationGracePeriodSeconds = 0
            var readiness = Probe()
            readiness.httpGet = (parts(["port": "http", "path": "/"]) as [HTTPGetAction]).first
            var liveness = Probe()
            liveness.exec = (parts(["command": ["test", "!", "-e", "/data/broken"]]) as [ExecAction]).first
            liveness.periodSeconds = 1
            liveness.failureThreshold = 1
            pod.spec.containers[0].ports = [ContainerPort(containerPort: 8080, name: "http")]
            pod.spec.containers[0].readinessProbe = readiness
            pod.spec.containers[0].livenessProbe = liveness
            pod.spec.containers[0].volumeMounts = parts(["name": "data", "mountPath": "/data"])
            pod.spec.volumes = [Volume(name: "data", emptyDir: Volume.EmptyDir())]
        }
    }

    /// Prints what an init container, a ConfigMap and a Secret put into its volumes.
    static func podWithVolumes() -> Pod {
        pod("web", "cat /shared/note /settings/mode; echo; cat /key/token; echo; exec sleep 1000") { pod in
            pod.spec.terminationGracePeriodSeconds = 0
            pod.spec.initContainers = [
                Kube.Container(
                    name: "first", image: "busybox:1", command: ["/bin/sh", "-c", "echo prepared > /shared/note"])
            ]
            pod.spec.initContainers?[0].volumeMounts = parts(["name": "shared", "mountPath": "/shared"])
            pod.spec.containers[0].volumeMounts = parts(
                ["name": "shared", "mountPath": "/shared"], ["name": "settings", "mountPath": "/settings"],
                ["name": "key", "mountPath": "/key"])
            pod.spec.volumes = parts(
                ["name": "shared", "emptyDir": [:]], ["name": "settings", "configMap": ["name": "settings"]],
                ["name": "key", "secret": ["secretName": "key"]])
        }
    }
}
