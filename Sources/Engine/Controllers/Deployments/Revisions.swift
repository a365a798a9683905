import Crypto
import Kube

/// The annotations by which a Deployment keeps the history of its ReplicaSets.
enum Revisions {
    static let revision = "deployment.kubernetes.io/revision"
    static let history = "deployment.kubernetes.io/revision-history"
    static let desired = "deployment.kubernetes.io/desired-replicas"
    static let maximum = "deployment.kubernetes.io/max-replicas"
    static let hashLabel = "pod-template-hash"
    private static let notCopied: Set<String> = [
        "kubectl.kubernetes.io/last-applied-configuration", revision, history, desired, maximum,
        "deprecated.deployment.rollback.to",
    ]

    static func number(_ replicaSet: ReplicaSet) -> Int {
        replicaSet.metadata.annotations?[revision].flatMap(Int.init) ?? 0
    }

    /// The annotations of a Deployment that its newest ReplicaSet carries too.
    static func copied(from deployment: Deployment) -> [String: String] {
        (deployment.metadata.annotations ?? [:]).filter { !notCopied.contains($0.key) }
    }

    /// The template without the label that a Deployment adds to it.
    static func bare(_ template: PodTemplate) -> PodTemplate {
        var template = template
        template.metadata?.labels?[hashLabel] = nil
        return template
    }

    /// Whether two templates make the same pods.
    static func isSame(_ left: PodTemplate, _ right: PodTemplate) -> Bool {
        let (left, right) = (bare(left), bare(right))
        return (left.metadata?.labels ?? [:]) == (right.metadata?.labels ?? [:])
            && (left.metadata?.annotations ?? [:]) == (right.metadata?.annotations ?? [:]) && left.spec == right.spec
    }

    /// A name for a template: the same for the same content, whatever the order of its keys. `collisions` changes it.
    static func hash(_ template: PodTemplate, collisions: Int) -> String {
        var hasher = SHA256()
        let template = bare(template)
        feed(JSON(template.metadata?.labels ?? [:]), &hasher)
        feed(JSON(template.metadata?.annotations ?? [:]), &hasher)
        feed(template.spec, &hasher)
        if collisions > 0 { hasher.update(data: Array("\(collisions)".utf8)) }
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String(hasher.finalize().prefix(10).map { alphabet[Int($0) % alphabet.count] })
    }

    private static func feed(_ value: JSON, _ hasher: inout SHA256) {
        switch value {
        case .object(let members):
            hasher.update(data: [UInt8(ascii: "{")])
            for key in members.keys.sorted() {
                hasher.update(data: Array("\(key.utf8.count):\(key)".utf8))
                if let member = members[key] { feed(member, &hasher) }
            }
            hasher.update(data: [UInt8(ascii: "}")])
        case .array(let items):
            hasher.update(data: [UInt8(ascii: "[")])
            for item in items { feed(item, &hasher) }
            hasher.update(data: [UInt8(ascii: "]")])
        default:
            hasher.update(data: value.bytes)
            hasher.update(data: [UInt8(ascii: ",")])
        }
    }
}
