import Delivery

/// The addresses of the console's pages. Names of apps, releases and runs can't hold anything that an address gives a
/// meaning; everything else is percent-escaped.
enum Link {
    static let overview = "/"
    static let runs = "/runs"
    static let releases = "/releases"
    static let incidents = "/incidents"
    static let ops = "/ops"

    static func run(_ id: RunID) -> String { "/runs/\(id.app)/\(id.number)" }
    static func release(_ id: ReleaseID) -> String { "/releases/\(id)" }
    static func incident(_ number: Int) -> String { "/incidents/\(number)" }

    /// The log of a job as plain text.
    static func log(_ run: RunID, _ job: JobFacts) -> String {
        "\(Link.run(run))/logs/\(PercentText.encode(segment: job.workflow))/\(PercentText.encode(segment: job.key))"
    }

    /// The log of a job as an event stream.
    static func logEvents(_ run: RunID, _ job: JobFacts) -> String { log(run, job) + "/live" }

    /// A page's stream of changes.
    static func live(_ page: String) -> String { page == overview ? "/live" : page + "/live" }
}
