package import Delivery

/// What a logged-in person may ask for in the console. Whoever meets this decides who may do what, and throws a problem
/// (`denied`, `conflict`, `notFound`), which the person is shown.
package protocol ConsoleActions: Sendable {
    /// Does it, and returns the run that it started or changed.
    func perform(_ order: ConsoleOrder, actor: String) async throws -> RunID

    /// Posts a message in the channel, and the answer if it asks for something.
    func say(_ text: String, actor: String) async throws
}

/// One request of a person.
package enum ConsoleOrder: Sendable, Hashable {
    /// Lets the run go on that waits in the environment.
    case approve(AppName, EnvironmentName)
    /// Without a release: all of the traffic to the canary under way, or what is stable in the environment before.
    case promote(AppName, EnvironmentName, release: ReleaseID?)
    /// Stops what is under way in the environment and takes it back.
    case abort(AppName, EnvironmentName)
    /// Stops a run wherever it is.
    case stop(RunID)
    /// Without a release: to the one that was stable before.
    case rollback(AppName, EnvironmentName, to: ReleaseID?)
}
