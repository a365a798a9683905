import ArgumentParser

/// `estiba freeze`
struct FreezeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Let nothing new begin in an environment; going back stays possible.",
        discussion: "Example:  estiba freeze prod --until 2027-01-07T08:00:00+01:00 --reason \"holidays\"")
    @OptionGroup var arguments: EnvironmentArguments
    @Option(help: "When it ends: 2d, a date, or a date with a time. Left out: when somebody ends it.")
    var until: String?
    @Option(help: "What is told to those who wait.") var reason: String?
    func run() async throws { try await arguments.freeze("freeze", FreezeOrder(until: until, reason: reason)) }
}

/// `estiba unfreeze`
struct UnfreezeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfreeze", abstract: "End a freeze; runs that wait go on.",
        discussion: "Example:  estiba unfreeze prod")
    @OptionGroup var arguments: EnvironmentArguments
    func run() async throws { try await arguments.freeze("unfreeze", FreezeOrder()) }
}
