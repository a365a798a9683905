package import Delivery

/// `estiba.yml`: how an app is built and where it goes.
package struct DeliveryFile: Sendable, Hashable, Codable {
    /// The file's name at the root of an app's repository.
    package static let name = "estiba.yml"

    package var app: AppName
    /// The workflow that must pass before an image is built, as a path in the repository; nil where there is none.
    package var workflow: String?
    package var images: [ImageRecipe]
    /// A file, a directory of plain manifests, a kustomization or a Helm chart, as a path in the repository.
    package var deploy: String
    /// In the order in which a release goes through them.
    package var environments: [EnvironmentPlan]
    /// Prometheus rule files, as paths in the repository.
    package var alerts: [String]
    package var slack: SlackTarget?
    /// For every environment: Secret → key → name in the server's sealed store.
    package var secrets: [String: [String: String]]?
    /// Whether branches get environments; nil for none.
    package var previews: PreviewPlan?
    /// The environment of the branch that is delivered; nil on the main line.
    package var preview: EnvironmentPlan?
    /// For every environment: what stands in for `${{ values.NAME }}`, and what Helm charts get; name → JSON text.
    package var values: [String: String]?

    package init(
        app: AppName, workflow: String? = nil, images: [ImageRecipe] = [], deploy: String = "deploy",
        environments: [EnvironmentPlan], alerts: [String] = [], slack: SlackTarget? = nil
    ) {
        self.app = app
        self.workflow = workflow
        self.images = images
        self.deploy = deploy
        self.environments = environments
        self.alerts = alerts
        self.slack = slack
    }

    /// The Secrets that an environment gets from the sealed store; its own keys go before those of all.
    package func secrets(of plan: EnvironmentPlan) -> [String: [String: String]] {
        (secrets ?? [:]).merging(plan.secrets ?? [:]) { $0.merging($1) { $1 } }
    }

    /// The values of an environment; its own go before those of all.
    package func values(of plan: EnvironmentPlan) -> [String: String] {
        (values ?? [:]).merging(plan.values ?? [:]) { $1 }
    }

    /// The plan of an environment by its name.
    package func environment(_ name: EnvironmentName) -> EnvironmentPlan? { allEnvironments.first { $0.name == name } }

    /// Those that every release has, and the branch's own.
    var allEnvironments: [EnvironmentPlan] { environments + (preview.map { [$0] } ?? []) }
}

/// How one image is built.
package struct ImageRecipe: Sendable, Hashable, Codable {
    /// What manifests write in `image:`.
    package var name: String
    /// The directory that the build may read, as a path in the repository.
    package var context: String
    /// As a path in the repository.
    package var dockerfile: String
    package var target: String?
    package var arguments: [String: String]
    /// Artifacts of the workflow that are unpacked into the context before the build.
    package var artifacts: [String]

    package init(
        name: String, context: String, dockerfile: String, target: String? = nil, arguments: [String: String] = [:],
        artifacts: [String] = []
    ) {
        self.name = name
        self.context = context
        self.dockerfile = dockerfile
        self.target = target
        self.arguments = arguments
        self.artifacts = artifacts
    }
}

/// One environment: who must agree, where it runs, how traffic moves to a new release.
package struct EnvironmentPlan: Sendable, Hashable, Codable {
    package var name: EnvironmentName
    /// Roles or people of whom one must agree; empty where nobody need be asked.
    package var approvers: [String]
    /// How long an approval is waited for, and how long it holds, in seconds; nil without end.
    package var approvalLasts: Double?
    /// A change may begin in any of them; nil or empty for always.
    package var windows: [TimeWindow]?
    /// The workflow that looks at the environment after a deployment, as a path in the repository.
    package var verify: String?
    /// Secret → key → name in the server's sealed store.
    package var secrets: [String: [String: String]]?
    /// Values of this environment; name → JSON text.
    package var values: [String: String]?
    /// What stands in for `deploy` here, as a path in the repository.
    package var overlay: String?
    /// How pods change where there is no canary; nil for rolling.
    package var strategy: RolloutStrategy?
    /// The kubeconfig of another cluster; nil for the embedded engine.
    package var kubeconfig: String?
    /// The host name that this environment's routes answer to, in place of the manifests' own.
    package var host: String?
    /// Nil for a plain rolling update.
    package var canary: CanaryPlan?

    package init(
        name: EnvironmentName, approvers: [String] = [], kubeconfig: String? = nil, host: String? = nil,
        canary: CanaryPlan? = nil
    ) {
        self.name = name
        self.approvers = approvers
        self.kubeconfig = kubeconfig
        self.host = host
        self.canary = canary
    }
}

/// How the pods of an environment change to a new release.
package enum RolloutStrategy: String, Sendable, Hashable, Codable, CaseIterable {
    /// New ones come up as old ones go, as the manifest has it.
    case rolling
    /// All old ones go before the first new one comes: for what must not run twice.
    case recreate
}

/// An incoming webhook of Slack.
package struct SlackTarget: Sendable, Hashable, Codable {
    /// A URL, or `$secret:name` or `$file:path` that holds it.
    package var webhook: String
    package var channel: String?

    package init(webhook: String, channel: String? = nil) {
        self.webhook = webhook
        self.channel = channel
    }
}
