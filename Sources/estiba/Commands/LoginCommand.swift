import ArgumentParser
import Foundation
import Problems

/// `estiba login`
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Print a link that signs a browser in to the console.",
        discussion: "Example:  estiba login")
    @OptionGroup var server: ServerOptions

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let answer = try await client.post("/api/v1/login-codes", [String: String](), as: [String: String].self)
            guard let code = answer["code"] else { throw PlainProblem("login.answer", "the server gave no code") }
            print("\(client.endpoints.url(\.console))/login?code=\(code)")
        } catch { throw fail(error) }
    }
}

/// `estiba git-credential`: a credential helper for git.
struct GitCredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "git-credential", abstract: "Answer git's question for a password (a credential helper).",
        discussion: "Example:  git config credential.helper '!estiba git-credential'")
    @OptionGroup var server: ServerOptions
    @Argument(help: "What git asks for: get, store or erase.") var operation: String

    func run() async throws {
        guard operation == "get" else { return }
        do {
            let client = try APIClient(server.directory)
            var asked: [String: String] = [:]
            while let line = readLine(), !line.isEmpty {
                let parts = line.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { asked[String(parts[0])] = String(parts[1]) }
            }
            // Only to the server itself; a password is not for whoever asks.
            let hosts = [client.endpoints.host, "localhost", "127.0.0.1"].map { "\($0):\(client.endpoints.console)" }
            guard let host = asked["host"], hosts.contains(host) else { return }
            print("username=\(Access.admin)\npassword=\(client.token)")
        } catch { throw fail(error) }
    }
}
