import ArgumentParser
import Foundation
import OCI
import Registry

/// `estiba image`
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Images of the registry: import, list.", subcommands: [Import.self, List.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a root file system in as an image.",
            discussion: "Example:  estiba image import rootfs.tar -t debian:bookworm")
        @OptionGroup var server: ServerOptions
        @Argument(help: "A directory, or a tar archive (plain, gzip or zstd).") var path: String
        @Option(name: [.short, .long], help: "The image's name.") var tag: String
        func run() async throws {
            let order = ImportOrder(path: URL(filePath: path).standardizedFileURL.path, tag: tag)
            try await follow("/api/v1/images/import", order, server, tag)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ls", abstract: "List the images.")
        @OptionGroup var server: ServerOptions
        func run() async throws {
            do {
                let images = try await APIClient(server.directory).get("/api/v1/images", as: [TagSummary].self)
                if server.json { return try printJSON(images) }
                var table = TextTable(["REPOSITORY", "TAG", "DIGEST", "SIZE", "UPDATED"])
                for image in images {
                    table.add([
                        image.repository, image.tag, String(image.digest.description.prefix(19)),
                        readable(bytes: Int(image.size)),
                        image.updated.formatted(.iso8601),
                    ])
                }
                print(table.render(Style.detect()))
            } catch { throw fail(error) }
        }
    }
}
