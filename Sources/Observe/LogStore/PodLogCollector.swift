import FoundationEssentials
package import Kube
package import Logging
import Problems
import ServiceLifecycle

/// Follows the log of every container of every pod, by the Kubernetes API, and keeps its lines with the labels of its
/// pod. After a restart it goes on after the newest line that was kept.
package actor PodLogCollector: ServiceLifecycle.Service {
    private let client: ClusterClient
    private let streams: LogStreams
    private let labelNames: [(object: String, series: String)]
    private let logger: Logger
    private var following: Set<String> = []
    private let starts: AsyncStream<Source>
    private let start: AsyncStream<Source>.Continuation

    struct Source: Sendable {
        let namespace: String
        let pod: String
        let container: String
        let labels: [String: String]
        /// Tells the instances of a container apart.
        let instance: String
    }

    /// - Parameter labelNames: Label on a pod → label of its streams.
    package init(
        client: ClusterClient, streams: LogStreams, labelNames: [(object: String, series: String)], logger: Logger
    ) {
        self.client = client
        self.streams = streams
        self.labelNames = labelNames
        self.logger = logger
        (starts, start) = AsyncStream<Source>.makeStream()
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.watchPods() }
                for await source in self.starts { group.addTask { await self.follow(source) } }
            }
        }
    }

    private func watchPods() async {
        do {
            try await Reflector(Pod.self, client: client, logger: logger).run { change in
                switch change {
                case .replaced(let pods): pods.forEach(consider)
                case .upserted(let pod): consider(pod)
                case .deleted: break
                }
            }
        } catch {
            logger.error("pods can't be followed", metadata: ["error": "\(brief(error))"])
        }
        start.finish()
    }

    private func consider(_ pod: Pod) {
        let statuses = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
        for status in statuses where status.state?.running != nil || status.state?.terminated != nil {
            let instance = "\(pod.metadata.uid ?? "")/\(status.name)/\(status.restartCount)"
            guard following.insert(instance).inserted else { continue }
            var labels = ["namespace": pod.namespace, "pod": pod.name, "container": status.name]
            for name in labelNames { if let value = pod.metadata.labels?[name.object] { labels[name.series] = value } }
            start.yield(
                Source(
                    namespace: pod.namespace, pod: pod.name, container: status.name, labels: labels, instance: instance)
            )
        }
    }

    private func follow(_ source: Source) async {
        var newest: Int64 = 0
        do { newest = try await streams.newest(source.labels) ?? 0 } catch {
            logger.warning("kept lines can't be read", metadata: ["error": "\(brief(error))"])
        }
        for _ in 0..<5 {
            do {
                newest = try await read(source, after: newest)
                return
            } catch is CancellationError { return } catch let problem as ClusterProblem where problem.isNotFound {
                return
            } catch {
                logger.info(
                    "log can't be followed, trying again",
                    metadata: ["kube.pod": "\(source.namespace)/\(source.pod)", "error": "\(brief(error))"])
                do { try await Task.sleep(for: .seconds(2)) } catch { return }
            }
        }
    }

    /// Reads to the end of the log; returns the time of the newest line.
    private func read(_ source: Source, after start: Int64) async throws -> Int64 {
        var newest = start
        let since = start > 0 ? Date(timeIntervalSince1970: Double(start / 1_000_000_000)).formatted(.iso8601) : nil
        let pieces = try await client.log(
            pod: source.pod, in: source.namespace, container: source.container, follow: true, timestamps: true,
            sinceTime: since)
        var splitter = LineSplitter()
        for try await piece in pieces {
            let entries = splitter.feed(piece).compactMap { Self.entry($0) }.filter { $0.time > start }
            if entries.isEmpty { continue }
            newest = max(newest, entries.map(\.time).max() ?? newest)
            try await streams.append([LogBatch(labels: source.labels, entries: entries)])
        }
        return newest
    }

    /// `2026-01-31T08:00:00.123456789Z text`
    private static func entry(_ bytes: [UInt8]) -> LogEntry? {
        guard let space = bytes.firstIndex(of: UInt8(ascii: " ")),
            let time = LogTime.parse(rfc3339: String(decoding: bytes[..<space], as: UTF8.self))
        else { return nil }
        return LogEntry(time: time, line: String(decoding: bytes[(space + 1)...], as: UTF8.self))
    }
}
