import ArgumentParser
import Foundation
import Identity
import Problems

/// `estiba secret`
struct SecretCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Sealed secrets of the team: set, list, remove.",
        discussion: "The value is read from standard input.\n\nExample:  estiba secret set slack-webhook < url.txt",
        subcommands: [Set.self, List.self, Remove.self])

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store a secret; its value comes from standard input.")
        @OptionGroup var server: ServerOptions
        @Argument var name: String
        func run() async throws {
            do {
                let data = FileHandle.standardInput.readDataToEndOfFile()
                let value = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
                if value.isEmpty {
                    throw PlainProblem(
                        "secret.empty", "no value came from standard input",
                        remedy: "Pipe it: estiba secret set \(name) < file", category: .invalid)
                }
                try await SealedSecrets(directory: server.directory.identity).set(name, value)
                print("secret \"\(name)\" is set")
            } catch { throw fail(error) }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the names.")
        @OptionGroup var server: ServerOptions
        func run() async throws {
            do {
                let names = try await SealedSecrets(directory: server.directory.identity).names
                server.json ? try printJSON(names) : names.forEach { print($0) }
            } catch { throw fail(error) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove a secret.")
        @OptionGroup var server: ServerOptions
        @Argument var name: String
        func run() async throws {
            do { try await SealedSecrets(directory: server.directory.identity).set(name, nil) } catch {
                throw fail(error)
            }
        }
    }
}
