import Glibc
import HTTPTypes
import Hummingbird
import Linux
import NIOCore
import Problems

/// The traffic with one `git http-backend`: the request's body goes in while its output comes out, neither is collected.
struct GitExchange: Sendable {
    let child: Child
    let request: Request
    let afterwards: @Sendable () -> Void

    /// Git's own header is a few lines.
    private static let headerLimit = 16 << 10

    /// Feeds the program until its header is there, then answers; the body goes on from there.
    func response() async throws -> Response {
        let feeder = Task { try await feed() }
        do {
            let (header, rest) = try await header()
            var fields = HTTPFields()
            for (name, value) in header.fields {
                if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
            }
            return Response(
                status: HTTPResponse.Status(code: header.status), headers: fields,
                body: ResponseBody { writer in
                    try await body(rest, feeder) { try await writer.write(ByteBuffer(bytes: $0)) }
                    try await writer.finish(nil)
                })
        } catch {
            await end(feeder)
            throw error
        }
    }

    private func body(
        _ first: [UInt8], _ feeder: Task<Void, any Error>, _ write: ([UInt8]) async throws -> Void
    ) async throws {
        do {
            if !first.isEmpty { try await write(first) }
            for try await chunk in child.outputChunks { try await write(chunk) }
        } catch {
            await end(feeder)
            throw error
        }
        _ = await child.wait()
        await end(feeder)
    }

    /// Ends whatever is still under way, and says that refs may have changed: however it ended.
    private func end(_ feeder: Task<Void, any Error>) async {
        feeder.cancel()
        if child.status == nil { _ = await child.stop(grace: .seconds(5)) }
        _ = await feeder.result
        afterwards()
    }

    private func feed() async throws {
        guard let input = child.input else { return }
        defer { input.close() }
        do {
            for try await buffer in request.body { try await input.send(Array(buffer.readableBytesView)) }
        } catch let problem as SystemProblem where problem.number == EPIPE {
            // Git answers some requests without reading all of them.
        }
    }

    private func header() async throws -> (CGIHeader, rest: [UInt8]) {
        var bytes: [UInt8] = []
        for try await chunk in child.outputChunks {
            bytes += chunk
            if let (header, length) = CGIHeader.parse(bytes) { return (header, Array(bytes[length...])) }
            if bytes.count > Self.headerLimit { break }
        }
        // Git is done writing, so what it complained about is in the pipe.
        let words = try? await child.errorChunks.collect(4096, keeping: .last)
        let status = await child.wait()
        throw CommitProblem.git(what: "answer the request", why: Git.reason(words?.bytes ?? [], status))
    }
}

/// The header that a CGI program writes before its body: pure.
struct CGIHeader: Equatable {
    var status = 200
    var fields: [(String, String)] = []

    static func == (left: CGIHeader, right: CGIHeader) -> Bool {
        left.status == right.status && left.fields.elementsEqual(right.fields, by: ==)
    }

    /// The header and how many bytes it takes; nil while it isn't complete.
    static func parse(_ bytes: [UInt8]) -> (CGIHeader, length: Int)? {
        var header = CGIHeader()
        var start = 0
        while let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            var line = bytes[start..<newline]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            start = newline + 1
            if line.isEmpty { return (header, start) }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            let value = String(decoding: line[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
            if name.lowercased() == "status" {
                header.status = Int(value.prefix(3)) ?? 500
            } else {
                header.fields.append((name, value))
            }
        }
        return nil
    }
}
