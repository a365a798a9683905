import Foundation
import PromQL
import SeriesStore
import Synchronization

@testable import Scraping

/// A store in a temporary folder, for the length of a test.
func withStore(_ body: (TimeSeries) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "scraping-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(try TimeSeries(folder: folder.path))
}

/// A source whose text a test sets.
final class ScriptedSource: MetricsSource {
    private let text: Mutex<String>
    init(_ text: String) { self.text = Mutex(text) }
    func set(_ new: String) { text.withLock { $0 = new } }
    func exposition() async -> [UInt8] { text.withLock { Array($0.utf8) } }
}

extension TimeSeries {
    /// All samples of a selector, with "stale" for stale markers, as text.
    func dump(_ selector: String) throws -> [String] {
        var lines: [String] = []
        try visit(Query.selector(selector), from: .min, through: .max) { labels, buffer in
            let samples = zip(buffer.times, buffer.values).map {
                "\($0):\($1.isStaleMarker ? "stale" : NumberText.format($1))"
            }
            lines.append("\(labels) " + samples.joined(separator: " "))
        }
        return lines.sorted()
    }
}
