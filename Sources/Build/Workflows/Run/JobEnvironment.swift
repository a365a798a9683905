import Delivery
import Syntax

/// The variables that GitHub documents for every step.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
struct JobEnvironment: Sendable {
    let settings: RunnerSettings
    let request: RunRequest
    let folders: JobFolders
    let job: String
    let mark: String

    #if arch(arm64)
        static let architecture = "ARM64"
    #else
        static let architecture = "X64"
    #endif

    /// All of them, with the files of one step.
    func variables(step: String, files: StepFiles, eventPath: String) -> [String: String] {
        var variables = settings.environment
        variables["HOME"] = folders.home
        variables["CI"] = "true"
        variables["GITHUB_ACTIONS"] = "true"
        variables[ProcessSweep.variable] = mark
        variables.merge(github(step, eventPath)) { $1 }
        variables.merge(files.variables) { $1 }
        variables.merge(runner) { $1 }
        variables["ESTIBA_APP"] = request.revision.app.value
        variables["ESTIBA_RUN"] = request.id.description
        return variables.merging(request.environment) { $1 }
    }

    private func github(_ step: String, _ eventPath: String) -> [String: String] {
        let app = request.revision.app.value
        return [
            "GITHUB_ACTION": step, "GITHUB_ACTOR": request.event.actor,
            "GITHUB_API_URL": settings.serverURL + "/api/v3",
            "GITHUB_BASE_REF": "", "GITHUB_EVENT_NAME": request.event.kind.rawValue, "GITHUB_EVENT_PATH": eventPath,
            "GITHUB_GRAPHQL_URL": settings.serverURL + "/api/graphql", "GITHUB_HEAD_REF": "", "GITHUB_JOB": job,
            "GITHUB_REF": request.event.ref, "GITHUB_REF_NAME": request.event.refName, "GITHUB_REF_PROTECTED": "false",
            "GITHUB_REF_TYPE": request.event.refType, "GITHUB_REPOSITORY": "estiba/\(app)",
            "GITHUB_REPOSITORY_OWNER": "estiba", "GITHUB_RETENTION_DAYS": "0", "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": "\(request.id.number)", "GITHUB_RUN_NUMBER": "\(request.id.number)",
            "GITHUB_SERVER_URL": settings.serverURL, "GITHUB_SHA": request.revision.commit,
            "GITHUB_TRIGGERING_ACTOR": request.event.actor, "GITHUB_WORKFLOW": request.plan.file.displayName,
            "GITHUB_WORKFLOW_REF": "estiba/\(app)/\(request.plan.file.source.name)@\(request.event.ref)",
            "GITHUB_WORKFLOW_SHA": request.revision.commit, "GITHUB_WORKSPACE": folders.workspace,
        ]
    }

    private var runner: [String: String] {
        [
            "RUNNER_ARCH": Self.architecture, "RUNNER_ENVIRONMENT": "self-hosted", "RUNNER_NAME": "estiba",
            "RUNNER_OS": "Linux", "RUNNER_TEMP": folders.temp, "RUNNER_TOOL_CACHE": folders.toolCache,
            "RUNNER_WORKSPACE": folders.root,
        ]
    }

    /// The `runner` context.
    var runnerContext: ExpressionValue {
        .strings([
            "arch": Self.architecture, "environment": "self-hosted", "name": "estiba", "os": "Linux",
            "temp": folders.temp, "tool_cache": folders.toolCache,
        ])
    }
}
