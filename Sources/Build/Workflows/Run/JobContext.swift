import Delivery
import FoundationEssentials
import Syntax

/// What the expressions of a job see.
struct JobContext: ExpressionContext {
    var values: [String: ExpressionValue]
    var status: ExpressionStatus
    /// Where `hashFiles` looks.
    var workspace: String

    func value(of context: String) -> ExpressionValue? { values[context.lowercased()] }

    func hashFiles(_ patterns: [String]) throws -> String { try FileHash.hash(patterns, in: workspace) }
}

/// The contexts that are the same for all jobs of a run.
struct RunContexts: Sendable {
    let request: RunRequest
    let serverURL: String

    /// `github` without what only a job knows.
    func github(job: String = "", workspace: String = "", action: String = "", eventPath: String = "")
        -> ExpressionValue
    {
        let revision = request.revision
        let app = revision.app.value
        let text: [(String, String)] = [
            ("action", action), ("actor", request.event.actor), ("api_url", serverURL + "/api/v3"), ("base_ref", ""),
            ("event_name", request.event.kind.rawValue), ("event_path", eventPath),
            ("graphql_url", serverURL + "/api/graphql"),
            ("head_ref", ""), ("job", job), ("ref", request.event.ref), ("ref_name", request.event.refName),
            ("ref_type", request.event.refType), ("repository", "estiba/\(app)"), ("repository_owner", "estiba"),
            ("repositoryUrl", "\(serverURL)/git/\(app).git"), ("retention_days", "0"), ("run_attempt", "1"),
            ("run_id", "\(request.id.number)"), ("run_number", "\(request.id.number)"), ("secret_source", "Actions"),
            ("server_url", serverURL), ("sha", revision.commit), ("token", ""),
            ("triggering_actor", request.event.actor),
            ("workflow", request.plan.file.displayName),
            ("workflow_ref", "estiba/\(app)/\(request.plan.file.source.name)@\(request.event.ref)"),
            ("workflow_sha", revision.commit), ("workspace", workspace),
        ]
        return .members(
            text.map { ($0.0, .string($0.1)) } + [("ref_protected", .bool(false)), ("event", event)])
    }

    /// The event as GitHub's webhook would send it, as far as it is known.
    var event: ExpressionValue {
        let revision = request.revision
        let author = ExpressionValue.strings(["name": revision.authorName, "email": revision.authorEmail])
        let commit = ExpressionValue.members([
            ("id", .string(revision.commit)), ("message", .string(revision.subject)), ("author", author),
            ("timestamp", .string(revision.committedAt.formatted(.iso8601))),
        ])
        let repository = ExpressionValue.members([
            ("name", .string(revision.app.value)), ("full_name", .string("estiba/\(revision.app.value)")),
            ("default_branch", .string("main")),
        ])
        var members: [(String, ExpressionValue)] = [("ref", .string(request.event.ref)), ("repository", repository)]
        switch request.event.kind {
        case .push:
            members += [
                ("before", .string(request.event.before ?? String(repeating: "0", count: 40))),
                ("after", .string(revision.commit)), ("head_commit", commit),
                ("commits", .array(ExpressionArray([commit]))), ("pusher", .strings(["name": request.event.actor])),
            ]
        case .workflowDispatch: members.append(("inputs", .strings(request.event.inputs)))
        }
        return .members(members)
    }

    /// `inputs`, with the defaults of the workflow.
    var inputs: ExpressionValue {
        let known = request.plan.file.triggers.dispatch ?? []
        return .members(
            known.map { input in
                let text = request.event.inputs[input.name] ?? input.defaultValue ?? ""
                return (input.name, input.type == "boolean" ? .bool(text == "true") : .string(text))
            })
    }

    /// The contexts of a run without any job.
    func run(_ status: ExpressionStatus = .success) -> JobContext {
        JobContext(
            values: [
                "github": github(), "inputs": inputs, "vars": .strings(request.variables),
                "secrets": .strings(request.secrets),
            ], status: status, workspace: "")
    }
}
