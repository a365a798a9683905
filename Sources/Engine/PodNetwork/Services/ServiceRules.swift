import Linux
import Logging
import Problems

/// Puts rules into the kernel. Each change replaces the whole table in one transaction, so no packet ever meets half of
/// them; the same text is not applied twice.
actor ServiceRules {
    private let configuration: PodNetworkConfiguration
    private let logger: Logger
    private var applied: String?

    init(configuration: PodNetworkConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// - Throws: `PodNetworkProblem.rules`, after which the old rules are still in force.
    func apply(_ ruleset: ServiceRuleset) async throws {
        let text = ruleset.text
        guard text != applied else { return }
        try await load(text)
        applied = text
        logger.debug("service rules replaced", metadata: ["service.portals": "\(ruleset.portals.count)"])
    }

    /// Takes all rules away.
    func remove() async throws {
        try await load(ServiceRuleset.removal(of: configuration.table))
        applied = nil
    }

    private func load(_ text: String) async throws {
        let output: Command.Output
        do {
            output = try await Command(configuration.nft, ["-f", "-"]).run(
                input: Array(text.utf8), timeout: .seconds(20))
        } catch let problem as CommandProblem { throw PodNetworkProblem.rules(output: problem.oneLine) }
        guard output.status.isSuccess else { throw PodNetworkProblem.rules(output: Command.lastWords(output.error)) }
    }
}
