import Delivery
import FoundationEssentials
import Problems
import Syntax
import Testing

@testable import Releases

/// `docs/formats/estiba.yml` is the manual of the delivery file: it must be read, and leave nothing out.
@Suite struct AnnotatedFileTests {
    @Test func `The annotated file is valid, and states the defaults that are in force`() throws {
        let file = try DeliveryFile.read(try AnnotatedFile.load().source) { _ in true }
        #expect(
            file.environments.map(\.name.value) == (try Samples.read("app: harbour\n").environments.map(\.name.value)))
        #expect(file.workflow == DeliveryFile.defaultWorkflow)
        #expect(file.deploy == DeliveryFile(app: file.app, environments: []).deploy)
        #expect(file.images.first?.dockerfile.hasSuffix("/Dockerfile") == true)
        let canary = try #require(file.environments.last?.canary)
        let defaults = CanaryPlan(steps: canary.steps)
        let errors = JudgeRule.errors(ErrorRule())
        #expect(defaults.rules == [errors, .latency(LatencyRule())])
        #expect(canary.rules.prefix(2) == [errors, .latency(LatencyRule(warmUp: 30))])
        guard canary.rules.count == 6, canary.rules[2] == .logs, case .counter(let counter) = canary.rules[3],
            case .comparison(let comparison) = canary.rules[4]
        else {
            Issue.record("\(canary.rules)")
            return
        }
        #expect(counter == CounterRule(name: counter.name, worse: .lower))
        #expect(comparison == ComparisonRule(expression: comparison.expression, worse: .higher))
        #expect((canary.atLeast, canary.atMost) == (defaults.atLeast, defaults.atMost))
        #expect(canary.whenQuiet == defaults.whenQuiet)
    }

    @Test func `Every key that the reader knows is in the annotated file`() throws {
        let annotated = try AnnotatedFile.load()
        let places = annotated.places
        var known: [String: Set<String>] = [:]
        for place in places { known[place.path, default: []].formUnion(annotated.keys(knownAt: place)) }
        #expect(known.count >= 10)
        for (path, keys) in known {
            let written = Set(places.filter { $0.path == path }.flatMap(\.keys))
            for key in keys.subtracting(written) {
                // Only what is refused may stand in a comment instead.
                #expect(annotated.text.contains("# \(key):"), "\(path).\(key) is not in the annotated file")
                let place = try #require(places.first { $0.path == path })
                let codes = annotated.problems(adding: key, at: place).map(\.code)
                #expect(
                    codes == ["releases.file.unsupported"], "\(path).\(key) is only in a comment, but is it refused?")
            }
        }
    }

    @Test func `Each value that may be chosen from a few is named`() throws {
        let text = try AnnotatedFile.load().text
        for policy in CanaryPlan.QuietPolicy.allCases { #expect(text.contains("#   \(policy.rawValue) ")) }
        for strategy in RolloutStrategy.allCases { #expect(text.contains("#   \(strategy.rawValue) ")) }
        for unit in ["ms", "s", "m", "h", "d"] {
            #expect(text.firstMatch(of: try Regex("[0-9]\(unit)\\b")) != nil, "no length of time is in \(unit)")
        }
    }
}

/// The annotated file as text and as a tree, with the means to ask the reader what it knows.
private struct AnnotatedFile {
    let text: String
    let root: YAMLNode

    /// A mapping of the file: where it stands, with names that the writer chooses as `*`, and its first key.
    struct Place {
        let path: String
        let first: ProblemLocation
        let keys: [String]
    }

    private static let unknown = "qqqqqqqqqqqqqqqq"

    static func load() throws -> AnnotatedFile {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "docs/formats/\(DeliveryFile.name)"))
        let text = String(decoding: data, as: UTF8.self)
        let root = try YAMLDocument.parse(SourceText(name: DeliveryFile.name, text))
        return AnnotatedFile(text: text, root: root)
    }

    var source: SourceText { SourceText(name: DeliveryFile.name, text) }
    var places: [Place] { places(root, "", isOpen: false) }

    private func places(_ node: YAMLNode, _ path: String, isOpen: Bool) -> [Place] {
        switch node {
        case .sequence(let items, _): return items.flatMap { places($0, path + "[]", isOpen: false) }
        case .mapping(let entries, _):
            guard let first = entries.first else { return [] }
            let inner = entries.flatMap { entry in
                let name = entry.key.text
                return places(
                    entry.value, path + "." + (isOpen ? "*" : name),
                    isOpen: ["images", "environments", "args", "secrets", "values"].contains(name)
                        || path.hasSuffix(".secrets") || path.contains(".values"))
            }
            if isOpen { return inner }
            return [Place(path: path, first: first.key.location, keys: entries.map(\.key.text))] + inner
        default: return []
        }
    }

    /// The keys that the reader lists when it meets one that it does not know.
    func keys(knownAt place: Place) -> Set<String> {
        let complaints = problems(adding: Self.unknown, at: place).filter { $0.code == "yaml.unknown-key" }
        guard let remedy = complaints.first?.remedy, remedy.hasPrefix("Use one of: ") else {
            Issue.record("the reader takes any key at \"\(place.path)\"")
            return []
        }
        return Set(remedy.dropFirst("Use one of: ".count).dropLast().split(separator: ", ").map(String.init))
    }

    /// What the reader says when the mapping has one more key.
    func problems(adding key: String, at place: Place) -> [Diagnostic] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let line = place.first.line - 1
        let before = lines[line].prefix(place.first.column - 1)
        let rest = lines[line].dropFirst(place.first.column - 1)
        let isFlow = before.last { $0 != " " } == "{"
        let separator = isFlow ? ", " : "\n" + String(repeating: " ", count: place.first.column - 1)
        lines[line] = before + "\(key): x" + separator + rest
        do {
            _ = try DeliveryFile.read(SourceText(name: DeliveryFile.name, lines.joined(separator: "\n"))) { _ in true }
            return []
        } catch let problems as Diagnostics {
            return problems.all
        } catch {
            Issue.record("\(error)")
            return []
        }
    }
}
