import Foundation
import PromQL
import Testing

/// The public suite of the language's reference implementation. How many cases of each file pass is recorded next to this
/// file; fewer is a failure. After an improvement, record anew with `ESTIBA_RECORD=1`.
struct ConformanceTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder: URL = {
        if let shared = ProcessInfo.processInfo.environment["ESTIBA_SHARED"] {
            return URL(filePath: shared).appending(path: "conformance/promql")
        }
        return root.deletingLastPathComponent().appending(path: "shared/conformance/promql")
    }()
    static let record = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "conformance.txt")
    static let isPresent = FileManager.default.fileExists(atPath: folder.path)

    @Test(
        "no file of the public suite passes fewer cases than recorded",
        .enabled(if: isPresent, "the cases are not here"))
    func ratchet() throws {
        var recorded: [String: Int] = [:]
        for line in ((try? String(contentsOf: Self.record, encoding: .utf8)) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count >= 2, let count = Int(words[1]) { recorded[String(words[0])] = count }
        }
        var report = "# file passed of float-cases (skipped: native histograms)\n"
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter {
            $0.hasSuffix(".test")
        }
        for name in names.sorted() {
            var runner = CaseRunner()
            let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            runner.run(CaseFile(text))
            let total = runner.passed + runner.failures.count
            report += "\(name) \(runner.passed) of \(total) (\(runner.skipped))\n"
            let wanted = recorded[name] ?? 0
            #expect(
                runner.passed >= wanted,
                "\(name): \(runner.passed) of \(total)\n\(runner.failures.joined(separator: "\n"))")
            if ProcessInfo.processInfo.environment["ESTIBA_SHOW"] != nil {
                print("\(name) \(runner.passed) of \(total) (\(runner.skipped))")
                for failure in runner.failures { print("    \(failure)") }
            }
        }
        if ProcessInfo.processInfo.environment["ESTIBA_RECORD"] != nil {
            try report.write(to: Self.record, atomically: true, encoding: .utf8)
        }
    }
}
