import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks a target for its metrics.
struct TargetFetch: Sendable {
    struct Answer: Sendable {
        let bytes: [UInt8]
        let dialect: ExpositionParser.Dialect
    }

    let client: HTTPClient
    let timeout: Duration
    let limit: Int

    private static let accept =
        "application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=0.0.4;q=0.7,*/*;q=0.2"

    func callAsFunction(_ address: String) async throws -> Answer {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "accept", value: Self.accept)
        request.headers.add(name: "user-agent", value: "estiba")
        request.headers.add(name: "x-prometheus-scrape-timeout-seconds", value: String(seconds))
        let nanoseconds = timeout.components.seconds * 1_000_000_000 + timeout.components.attoseconds / 1_000_000_000
        do {
            let response = try await client.execute(request, timeout: .nanoseconds(nanoseconds))
            guard response.status == .ok else { throw ScrapingProblem.status(Int(response.status.code)) }
            let body = try await response.body.collect(upTo: limit)
            return Answer(
                bytes: Array(body.readableBytesView),
                dialect: ExpositionParser.Dialect(contentType: response.headers.first(name: "content-type")))
        } catch let problem as ScrapingProblem {
            throw problem
        } catch is NIOTooManyBytesError {
            throw ScrapingProblem.tooLarge(limit: limit)
        } catch let error as HTTPClientError {
            if error == .deadlineExceeded || error == .readTimeout || error == .connectTimeout {
                throw ScrapingProblem.timedOut(seconds: seconds)
            }
            throw ScrapingProblem.unreachable(error.description)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ScrapingProblem.unreachable(String(describing: error))
        }
    }

    private var seconds: Double {
        Double(timeout.components.seconds) + Double(timeout.components.attoseconds) / 1e18
    }
}
