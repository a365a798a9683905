import Kube
import PromQL
import SeriesStore

/// Which series, labels, metrics and targets there are.
extension PrometheusAPI {
    func series(_ parameters: Parameters) throws -> [UInt8] {
        let matches = try parameters.matches()
        if matches.isEmpty { throw APIError.badData("no match[] parameter provided") }
        let (start, end) = try bounds(parameters)
        let (all, warnings) = limited(store.series(matches, from: start, through: end), try parameters.limit())
        return ResultWriter.answer(warnings: warnings) { out in
            ResultWriter.list(all, into: &out) { ResultWriter.write($0, into: &$1) }
        }
    }

    func labelNames(_ parameters: Parameters) throws -> [UInt8] {
        let matches = try parameters.matches()
        let (start, end) = try bounds(parameters)
        let names: [String]
        if matches.isEmpty {
            names = store.labelNames
        } else {
            names = Set(store.series(matches, from: start, through: end).flatMap { $0.pairs.map(\.name) }).sorted()
        }
        return strings(names, try parameters.limit())
    }

    func labelValues(_ parameters: Parameters, _ name: String) throws -> [UInt8] {
        let matches = try parameters.matches()
        let (start, end) = try bounds(parameters)
        // A name that cannot stand in a URL comes as U__ with hexadecimal escapes.
        let name = EscapedName.decode(name)
        let values: [String]
        if matches.isEmpty {
            values = store.labelValues(name)
        } else {
            values = Set(store.series(matches, from: start, through: end).compactMap { $0[name] }).sorted()
        }
        return strings(values, try parameters.limit())
    }

    func metadata(_ parameters: Parameters) async throws -> [UInt8] {
        let limit = try parameters.limit() ?? .max
        var object = JSONObject()
        for (name, entries) in (await book.metadata).sorted(by: { $0.key < $1.key }).prefix(limit) {
            if let wanted = parameters["metric"], wanted != name { continue }
            let sorted = entries.sorted { ($0.type, $0.help, $0.unit) < ($1.type, $1.help, $1.unit) }
            object[name] = .array(
                sorted.map { ["type": .string($0.type), "help": .string($0.help), "unit": .string($0.unit)] })
        }
        let data = JSON.object(object)
        return ResultWriter.answer { data.write(into: &$0) }
    }

    func targets(_ parameters: Parameters) async -> [UInt8] {
        let statuses = parameters["state"] == "dropped" ? [] : await book.statuses
        let active = statuses.map { status -> JSON in
            [
                "discoveredLabels": .emptyObject, "labels": JSON(status.target.labels),
                "scrapePool": .string(status.target.pool), "scrapeUrl": .string(status.target.address),
                "globalUrl": .string(status.target.address), "lastError": .string(status.lastError),
                "lastScrape": .string(status.lastScrape.map(RFC3339.text) ?? "0001-01-01T00:00:00Z"),
                "lastScrapeDuration": .double(status.lastSeconds), "health": .string(status.health),
            ]
        }
        let data: JSON = ["activeTargets": .array(active), "droppedTargets": [], "droppedTargetCounts": .emptyObject]
        return ResultWriter.answer { data.write(into: &$0) }
    }

    private func bounds(_ parameters: Parameters) throws(APIError) -> (Int64, Int64) {
        let start = try parameters.time("start") ?? .min
        let end = try parameters.time("end") ?? .max
        if end < start { throw .badData("invalid parameter \"end\": end timestamp must not be before start time") }
        return (start, end)
    }

    private func limited<Item>(_ all: [Item], _ limit: Int?) -> ([Item], [String]) {
        guard let limit, all.count > limit else { return (all, []) }
        return (Array(all.prefix(limit)), ["results truncated due to limit"])
    }

    private func strings(_ all: [String], _ limit: Int?) -> [UInt8] {
        let (kept, warnings) = limited(all, limit)
        return ResultWriter.answer(warnings: warnings) { out in
            ResultWriter.list(kept, into: &out) { JSON.write($0, into: &$1) }
        }
    }
}

/// Label names in URLs: `U__` before the name, every byte that is no word character as `_hex_`, `_` doubled.
enum EscapedName {
    static func decode(_ text: String) -> String {
        guard text.hasPrefix("U__") else { return text }
        var result = String.UnicodeScalarView()
        var rest = Array(text.unicodeScalars.dropFirst(3))[...]
        while let scalar = rest.popFirst() {
            guard scalar == "_" else {
                result.append(scalar)
                continue
            }
            if rest.first == "_" {
                rest = rest.dropFirst()
                result.append("_")
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard digits.count < rest.count, let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
                let decoded = Unicode.Scalar(value)
            else { return text }
            result.append(decoded)
            rest = rest.dropFirst(digits.count + 1)
        }
        return String(result)
    }
}
