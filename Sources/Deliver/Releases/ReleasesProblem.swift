import Delivery
package import Problems

/// What goes wrong with releases and environments.
package enum ReleasesProblem: Problem {
    case unnamedApp(file: String)
    case noDeliveryFile(commit: String)
    case noManifests(path: String)
    case otherApp(named: String, expected: String)
    case unknownApp(String)
    case unknownEnvironment(String, known: [String])
    case unknownRelease(String, app: String)
    case unknownRun(String)
    case nothingToPromote(environment: String, why: String)
    case nothingToApprove(environment: String)
    case nothingToAbort(environment: String)
    case nothingToRollBackTo(environment: String)
    case notAnApprover(actor: String, approvers: [String])
    case notReady(workload: String, why: String, evidence: [String])
    case workflowFailed(summary: String, lastLines: [String])
    case immutable(object: String, why: String)
    case refused(object: String, cause: any Error)
    case lost(what: String)

    package var code: String {
        switch self {
        case .unnamedApp: "releases.file.unnamed"
        case .noDeliveryFile: "releases.file.missing"
        case .noManifests: "releases.manifests.missing"
        case .otherApp: "releases.file.other-app"
        case .unknownApp: "releases.unknown-app"
        case .unknownEnvironment: "releases.unknown-environment"
        case .unknownRelease: "releases.unknown-release"
        case .unknownRun: "releases.unknown-run"
        case .nothingToPromote: "releases.promote.nothing"
        case .nothingToApprove: "releases.approve.nothing"
        case .nothingToAbort: "releases.abort.nothing"
        case .nothingToRollBackTo: "releases.rollback.nothing"
        case .notAnApprover: "releases.approve.denied"
        case .notReady: "releases.deploy.not-ready"
        case .workflowFailed: "releases.workflow.failed"
        case .immutable: "releases.deploy.immutable"
        case .refused: "releases.deploy.refused"
        case .lost: "releases.lost"
        }
    }

    package var summary: String {
        switch self {
        case .unnamedApp(let file): "\(file) does not name its app"
        case .noDeliveryFile(let commit): "commit \(commit) has no \(DeliveryFile.name) at its root"
        case .noManifests(let path): "\"\(path)\" holds no manifests (*.yaml, *.yml, *.json)"
        case .otherApp(let named, let expected):
            "\(DeliveryFile.name) names the app \"\(named)\", but the repository is \"\(expected)\""
        case .unknownApp(let app): "nothing of an app called \"\(app)\" was ever delivered"
        case .unknownEnvironment(let name, _): "there is no environment called \"\(name)\""
        case .unknownRelease(let release, let app): "\(app) has no release \"\(release)\""
        case .unknownRun(let run): "there is no run \"\(run)\""
        case .nothingToPromote(let environment, let why): "there is nothing to promote to \(environment): \(why)"
        case .nothingToApprove(let environment): "nothing waits for approval in \(environment)"
        case .nothingToAbort(let environment): "nothing is under way in \(environment)"
        case .nothingToRollBackTo(let environment): "\(environment) has no earlier release to go back to"
        case .notAnApprover(let actor, _): "\(actor) may not approve this"
        case .notReady(let workload, let why, _): "\(workload) did not become ready: \(why)"
        case .workflowFailed(let summary, _): "the workflow failed: \(summary)"
        case .immutable(let object, let why): "\(object) can't be changed in place: \(why)"
        case .refused(let object, _): "the cluster refused \(object)"
        case .lost(let what): "\(what) is no longer in the data directory"
        }
    }

    package var remedy: String? {
        switch self {
        case .unnamedApp: "Add \"app: NAME\" as its first line."
        case .noDeliveryFile: "Add one: \"app: NAME\" and \"images:\" are enough when the manifests are in deploy/."
        case .noManifests: "Point \"deploy\" in \(DeliveryFile.name) at the directory that holds them."
        case .otherApp(_, let expected): "Write \"app: \(expected)\", or deliver from the other repository."
        case .unknownApp: "List what there is: estiba status."
        case .unknownEnvironment(let name, let known): Suggestion.remedy(for: name, in: known)
        case .unknownRelease: "List them: estiba releases."
        case .unknownRun: "List them: estiba history."
        case .nothingToPromote: "Deliver a commit first: estiba deliver."
        case .nothingToApprove, .nothingToAbort: "See what is under way: estiba status."
        case .nothingToRollBackTo: "Name one that was deployed elsewhere: estiba rollback ENV --to RELEASE."
        case .notAnApprover(_, let approvers): "Ask one of: \(approvers.joined(separator: ", "))."
        case .notReady(_, _, let evidence): evidence.isEmpty ? "Look at its pods: kubectl describe pods." : nil
        case .workflowFailed: "Mend what the last lines show and push again."
        case .immutable: "Give the object another name; the old one is removed once the new one serves."
        case .refused: "Correct the manifest; nothing that served was taken away."
        case .lost: "Deliver the commit again."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .unnamedApp, .noDeliveryFile, .noManifests, .otherApp, .immutable: .invalid
        case .unknownApp, .unknownEnvironment, .unknownRelease, .unknownRun, .lost: .notFound
        case .nothingToPromote, .nothingToApprove, .nothingToAbort, .nothingToRollBackTo: .conflict
        case .notAnApprover: .denied
        case .notReady: .timedOut
        case .workflowFailed, .refused: .failed
        }
    }

    package var cause: (any Error)? {
        if case .refused(_, let cause) = self { cause } else { nil }
    }

    /// The last log lines and events that go with the problem.
    package var evidence: [String] {
        switch self {
        case .notReady(_, _, let evidence): evidence
        case .workflowFailed(_, let lines): lines
        default: []
        }
    }
}
