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
    case verificationFailed(environment: String, summary: String, lastLines: [String])
    case freezeInThePast(until: String)
    case notFrozen(environment: String)
    case rendererMissing(path: String, what: String, program: String)
    case rendererFailed(path: String, program: String, words: String)
    case notServed(object: String, kind: String)
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
        case .verificationFailed: "releases.verify.failed"
        case .freezeInThePast: "releases.freeze.past"
        case .notFrozen: "releases.freeze.none"
        case .rendererMissing: "releases.manifests.program"
        case .rendererFailed: "releases.manifests.render"
        case .notServed: "releases.deploy.kind"
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
        case .verificationFailed(let environment, let summary, _):
            "the verification of \(environment) failed: \(summary)"
        case .freezeInThePast(let until): "a freeze until \(until) would be over already"
        case .notFrozen(let environment): "\(environment) is not frozen"
        case .rendererMissing(let path, let what, let program):
            "\(path) is \(what), and there is no program \"\(program)\" on the server to render it"
        case .rendererFailed(let path, let program, let words): "\(program) could not render \(path): \(words)"
        case .notServed(let object, let kind): "\(object) can't be deployed: this cluster serves no \(kind)"
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
        case .verificationFailed: "Mend what the last lines show and push again; the release before serves."
        case .freezeInThePast: "Name a time to come, such as 2d or 2027-01-07T08:00:00Z."
        case .notFrozen: "See what is: estiba status."
        case .rendererMissing(_, _, "helm"):
            "Install it: https://helm.sh/docs/intro/install/ (Scripts/install --tests does so too)."
        case .rendererMissing: "Install it: Scripts/install."
        case .rendererFailed(let path, let program, _):
            "Try it in the repository: \(program) \(program == "helm" ? "template" : "kustomize") \(path)"
        case .notServed:
            "Take it out of the manifests, or deliver to a cluster that has it (\"cluster\" of the environment)."
        case .lost: "Deliver the commit again."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .notServed, .unnamedApp, .noDeliveryFile, .noManifests, .otherApp, .immutable, .freezeInThePast,
            .rendererFailed:
            .invalid
        case .unknownApp, .unknownEnvironment, .unknownRelease, .unknownRun, .lost: .notFound
        case .nothingToPromote, .nothingToApprove, .nothingToAbort, .nothingToRollBackTo, .notFrozen: .conflict
        case .notAnApprover: .denied
        case .rendererMissing: .unavailable
        case .notReady: .timedOut
        case .workflowFailed, .verificationFailed, .refused: .failed
        }
    }

    package var cause: (any Error)? {
        if case .refused(_, let cause) = self { cause } else { nil }
    }

    /// The last log lines and events that go with the problem.
    package var evidence: [String] {
        switch self {
        case .notReady(_, _, let evidence): evidence
        case .workflowFailed(_, let lines), .verificationFailed(_, _, let lines): lines
        default: []
        }
    }
}
