import Foundation
import Hummingbird
import Identity
import Kube
import Logging
import NIOSSL
import Store
import Synchronization
import Syntax
import Web

@testable import APIServer

/// An API server on a free port of the loopback, with TLS, a token and a kubeconfig.
struct TLSFixture: Sendable {
    let server: APIFixture
    let port: Int
    let kubeconfig: String
    let folder: String

    private struct OneToken: TokenAuthenticator {
        let value: String
        func caller(forToken token: String) async throws -> Caller? {
            token == value ? Caller(user: "admin", groups: ["system:masters"]) : nil
        }
    }

    static func with(_ body: @Sendable @escaping (TLSFixture) async throws -> Void) async throws {
        try await APIFixture.with { server in
            let folder = FileManager.default.temporaryDirectory.appending(path: "estiba-tls-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let issued = try CertificateAuthority(now: Date()).issue(hosts: ["127.0.0.1", "localhost"])
            let (ports, continuation) = AsyncStream<Int>.makeStream()
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let web = WebServer(
                name: "api", port: 0,
                tls: TLSConfiguration.makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8))
                        .map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem))),
                responder: APIResponder(server.api, authenticator: OneToken(value: "secret")),
                logger: logger, ready: { continuation.yield($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await web.run() }
                var iterator = ports.makeAsyncIterator()
                guard let port = await iterator.next() else { return }
                let path = folder + "/kubeconfig"
                try config(port: port, authority: issued.authorityPEM).write(
                    toFile: path, atomically: true, encoding: .utf8)
                let fixture = TLSFixture(server: server, port: port, kubeconfig: path, folder: folder)
                do { try await body(fixture) } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
        }
    }

    private static func config(port: Int, authority: String) -> String {
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: test
          cluster: {server: "https://127.0.0.1:\(port)", certificate-authority-data: \(Data(authority.utf8).base64EncodedString())}
        users:
        - name: admin
          user: {token: secret}
        contexts:
        - name: test
          context: {cluster: test, user: admin}
        current-context: test
        """
    }

    /// What a run of kubectl printed, and how it ended.
    struct Run: Sendable {
        let output: String
        let errors: String
        let status: Int32
    }

    func kubectl(_ arguments: String..., input: String? = nil) async throws -> Run {
        try await kubectl(arguments, input: input)
    }

    func kubectl(_ arguments: [String], input: String? = nil) async throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "kubectl", "--kubeconfig", kubeconfig, "--cache-dir", folder + "/cache",
            ] + arguments
        let (out, err, stdin) = (
            folder + "/\(UUID().uuidString)", folder + "/\(UUID().uuidString)", folder + "/\(UUID().uuidString)"
        )
        for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        try (input ?? "").write(toFile: stdin, atomically: true, encoding: .utf8)
        process.standardOutput = FileHandle(forWritingAtPath: out)
        process.standardError = FileHandle(forWritingAtPath: err)
        process.standardInput = FileHandle(forReadingAtPath: stdin)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in continuation.resume() }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
        } onCancel: {
            if process.isRunning { process.terminate() }
        }
        return Run(
            output: (try? String(contentsOfFile: out, encoding: .utf8)) ?? "",
            errors: (try? String(contentsOfFile: err, encoding: .utf8)) ?? "", status: process.terminationStatus)
    }

    /// A client over HTTPS, by way of the kubeconfig.
    func withRemoteClient(_ body: (ClusterClient) async throws -> Void) async throws {
        let text = try String(contentsOfFile: kubeconfig, encoding: .utf8)
        let configuration = try Kubeconfig(SourceText(name: "kubeconfig", text)) { _ in [] }
        let transport = try HTTPSClusterTransport(configuration) { _ in [] }
        do { try await body(ClusterClient(transport)) } catch {
            try await transport.close()
            throw error
        }
        try await transport.close()
    }

    static let isKubectlHere: Bool = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains
    {
        FileManager.default.isExecutableFile(atPath: "\($0)/kubectl")
    }
}
