import Delivery
import FoundationEssentials

/// A run in an environment: its phase, its canary, and how a person can step in.
struct UnderWayPanel {
    var environment: EnvironmentFacts
    var underWay: UnderWayFacts
    var viewer: Viewer
    var now: Date

    var html: HTML {
        let title: HTML =
            underWay.release.map { "<a class=\"strong\" href=\"\(Link.release($0))\">\($0.description)</a>" }
            ?? "<a class=\"strong\" href=\"\(Link.run(underWay.run))\">run \(underWay.run.description)</a>"
        let since: HTML? = underWay.since.map { " · \(Moment.since($0, now: now))" }
        let author: HTML = underWay.author.isEmpty ? .none : " by \(underWay.author)"
        return """
            <section class="underway" data-key="underway" aria-label="Under way in \(environment.name.value)">
            <p class="release">\(underWay.phase.tone.pill(underWay.phase.words)) \(title) \
            <a class="commit" href="\(Link.run(underWay.run))" title="run \(underWay.run.description)">\(String(underWay.commit.prefix(7)))</a> \
            <span class="subject">\(underWay.subject)</span></p>
            <p class="quiet"><a href="\(Link.run(underWay.run))">run \(underWay.run.description)</a>\(since)\(author)</p>
            \(underWay.canary.map { CanaryLook(look: $0).html } ?? detail)
            <div class="actions">\(actions)</div>
            </section>
            """
    }

    private var detail: HTML { underWay.detail.isEmpty ? .none : "<p class=\"detail\">\(underWay.detail)</p>" }

    private var actions: [HTML] {
        let app = environment.app
        let name = environment.name
        let what = underWay.release?.description ?? "run \(underWay.run)"
        var forms: [ActionForm] = []
        if underWay.phase == .approval {
            forms.append(
                ActionForm(
                    label: "Approve", question: "\(what) goes on into \(name). \(Self.who(underWay.approvers))",
                    tone: .primary, order: .approve(app, name)))
        }
        if underWay.phase == .canary || underWay.phase == .startingCanary {
            forms.append(
                ActionForm(
                    label: "Promote", question: "\(what) gets all of the traffic of \(name) now, without the judge.",
                    tone: .primary, order: .promote(app, name, release: nil)))
        }
        if underWay.phase != .restoring {
            forms.append(
                ActionForm(
                    label: "Abort", question: "\(what) is stopped, and what it changed in \(name) is taken back.",
                    tone: .danger, order: .abort(app, name)))
        }
        return forms.map { $0.html(viewer) }
    }

    /// Who may approve.
    static func who(_ approvers: [String]) -> String {
        approvers.isEmpty ? "" : "One of " + approvers.joined(separator: ", ") + " must agree."
    }
}

extension UnderWayFacts.Phase {
    var words: String {
        switch self {
        case .approval: "waits for approval"
        case .waiting: "waits"
        case .planning: "planning"
        case .installing: "rolling out"
        case .startingCanary: "starting canary"
        case .canary: "canary"
        case .promoting: "promoting"
        case .watching: "watching"
        case .verifying: "verifying"
        case .restoring: "rolling back"
        }
    }

    var tone: Tone {
        switch self {
        case .approval, .waiting: .warn
        case .planning, .installing, .promoting, .verifying, .watching: .busy
        case .startingCanary, .canary: .canary
        case .restoring: .bad
        }
    }
}
