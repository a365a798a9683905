package import Delivery
package import FoundationEssentials
package import Gateway
package import Kube

/// Where commits come from.
package protocol CommitSource: Sendable {
    /// The commit that a branch, tag or commit name stands for.
    func revision(of app: AppName, at ref: String) async throws -> Revision
    /// Puts the commit's files into `directory`, which does not exist yet.
    func checkout(_ revision: Revision, to directory: String) async throws
}

/// Runs a workflow file. Cancelling the task stops all of its jobs.
package protocol WorkflowRunning: Sendable {
    /// `report` gets a short line whenever something is worth showing, such as the job that has begun.
    func run(_ order: WorkflowOrder, report: @escaping @Sendable (String) async -> Void) async throws -> WorkflowResult
}

/// A workflow to run.
package struct WorkflowOrder: Sendable {
    package var run: RunID
    package var revision: Revision
    /// The workflow file, as a path in the repository.
    package var path: String
    /// The directory with the commit's files.
    package var checkout: String
    /// Tells the workflows of one run apart: `ci`, `verify-staging`.
    package var key: String
    /// Added to the environment of every step.
    package var environment: [String: String]
}

/// How a workflow ended.
package struct WorkflowResult: Sendable {
    package var succeeded: Bool
    /// `build, 48 tests`; for a failure what failed: `test: exit code 1`.
    package var summary: String
    /// The last lines of the log of what failed.
    package var lastLines: [String]
    /// Artifact's name → directory that holds its files.
    package var artifacts: [String: String]

    package init(succeeded: Bool, summary: String, lastLines: [String] = [], artifacts: [String: String] = [:]) {
        self.succeeded = succeeded
        self.summary = summary
        self.lastLines = lastLines
        self.artifacts = artifacts
    }
}

/// Builds an image and pushes it by digest.
package protocol ImageBuilding: Sendable {
    func build(_ order: ImageOrder, report: @escaping @Sendable (String) async -> Void) async throws -> BuiltImage
}

/// An image to build.
package struct ImageOrder: Sendable {
    package var run: RunID
    package var revision: Revision
    package var recipe: ImageRecipe
    /// The directory with the commit's files; the recipe's paths are relative to it.
    package var checkout: String
}

/// An image that stands in the registry.
package struct BuiltImage: Sendable {
    /// By digest, as the node pulls it: `localhost:5000/porttrack/ships@sha256:…`.
    package var reference: String
    package var bytes: Int
    package var wasCached: Bool

    package init(reference: String, bytes: Int, wasCached: Bool) {
        self.reference = reference
        self.bytes = bytes
        self.wasCached = wasCached
    }
}

/// The way to the cluster of an environment.
package protocol ClusterAccess: Sendable {
    /// `kubeconfig`: a file of the server; nil for the embedded engine.
    func client(kubeconfig: String?) async throws -> ClusterClient
}

/// What the gateway has counted.
package protocol TrafficSource: Sendable {
    /// The counts of every key so far; they only grow while the process lives.
    func traffic() async -> [TrafficKey: TrafficCounts]
}

/// Asks the metrics.
package protocol MetricQuerying: Sendable {
    /// The single value of a PromQL expression now; nil where there is none. Several series are an error.
    func value(of expression: String) async throws -> Double?
}

/// Reads what pods have logged.
package protocol LogReading: Sendable {
    /// The lines that the pods of a track wrote after one time, up to another, in no particular order.
    func lines(of app: AppName, in environment: EnvironmentName, track: Track, after: Date, upTo: Date) async throws
        -> [String]
}

/// Takes note of a release that had to come back.
package protocol IncidentReporting: Sendable {
    func report(_ incident: DeliveryIncident) async
}

/// A release that had to come back, with what speaks against it.
package struct DeliveryIncident: Sendable {
    package var release: Release
    package var environment: EnvironmentName
    package var setback: Setback
    /// What serves now; nil if nothing did before.
    package var serving: ReleaseID?
    package var at: Date
}

/// Opens the team's sealed secrets.
package protocol SecretValues: Sendable {
    /// - Throws: a problem that says how to set it, where there is none of that name.
    func value(_ name: String) async throws -> String
}

/// Everything outside that the pipeline uses.
package struct PipelinePorts: Sendable {
    package var commits: any CommitSource
    package var workflows: any WorkflowRunning
    package var images: any ImageBuilding
    package var clusters: any ClusterAccess
    package var traffic: any TrafficSource
    package var metrics: any MetricQuerying
    package var logs: any LogReading
    package var incidents: any IncidentReporting
    package var secrets: any SecretValues
    /// Where the gateway listens: `http://127.0.0.1:8080`.
    package var gateway: @Sendable () -> String

    package init(
        commits: any CommitSource, workflows: any WorkflowRunning, images: any ImageBuilding,
        clusters: any ClusterAccess, traffic: any TrafficSource, metrics: any MetricQuerying,
        logs: any LogReading, incidents: any IncidentReporting, secrets: any SecretValues,
        gateway: @escaping @Sendable () -> String
    ) {
        self.commits = commits
        self.workflows = workflows
        self.images = images
        self.clusters = clusters
        self.traffic = traffic
        self.metrics = metrics
        self.logs = logs
        self.incidents = incidents
        self.secrets = secrets
        self.gateway = gateway
    }
}
