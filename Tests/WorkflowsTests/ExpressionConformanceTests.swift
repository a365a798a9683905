import FoundationEssentials
import Kube
import Testing

@testable import Workflows

/// GitHub's own cases for the expression language.
struct ExpressionConformanceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var group: String
        var body: JSON
        var expression: String { body["expr"]?.string ?? "" }
        var testDescription: String { "\(file) \(group): \(expression.prefix(60))" }
    }

    static let cases: [Case] = SharedCases.files(in: "github-expressions", suffix: ".json").flatMap { name, text in
        let groups = (try? JSON.parse(text))?.object ?? [:]
        return groups.flatMap { group in
            (group.value.array ?? []).filter { $0.object != nil }.map { Case(file: name, group: group.key, body: $0) }
        }
    }

    @Test(.enabled(if: !cases.isEmpty, "the shared conformance cases are not here"), arguments: cases)
    func `an expression has the value that GitHub gives it`(_ item: Case) throws {
        let contexts = item.body["contexts"]?.object ?? [:]
        let scope = ExpressionScope(Set(contexts.keys))
        let values = Dictionary(uniqueKeysWithValues: contexts.map { ($0.key, ExpressionValue($0.value)) })
        do {
            let tree = try ExpressionParser.parse(item.expression, scope: scope)
            let value = try ExpressionEvaluator.evaluate(tree, of: item.expression, in: FixedContext(values))
            let expected = try #require(item.body["result"], "expected \(item.body["err"]?.text ?? ""), got \(value)")
            #expect(value.kind == expected["kind"]?.string)
            if case .number(let number) = value, let wanted = expected["value"]?.double {
                #expect(number == wanted)
            } else {
                #expect(value.json == expected["value"])
            }
        } catch let problem as ExpressionProblem {
            let expected = try #require(item.body["err"], "\(problem)")
            #expect(problem.stage.rawValue == expected["kind"]?.string)
            let message = expected["value"]?.string ?? ""
            if let symbol = message.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first,
                message.contains("position")
            {
                #expect(problem.message.contains("'\(symbol)"))
            }
            if let position = message.split(separator: "at position ").dropFirst().first?.prefix(while: \.isNumber) {
                let before = Array(item.expression.utf8).prefix(problem.range.lowerBound)
                #expect(String(decoding: before, as: UTF8.self).count + 1 == Int(position))
            }
        }
    }
}

/// Test cases that lie beside the repository.
enum SharedCases {
    static var root: String {
        if let root = ProcessInfo.processInfo.environment["ESTIBA_SHARED"] { return root + "/conformance" }
        let here = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return here + "/../shared/conformance"
    }

    static func files(in folder: String, suffix: String) -> [(String, String)] {
        let folder = root + "/" + folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted().compactMap { name in
            FileManager.default.contents(atPath: folder + "/" + name).map {
                (name, String(decoding: $0, as: UTF8.self))
            }
        }
    }
}
