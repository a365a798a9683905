import Problems
import Syntax

/// `type=cache,target=/path[,id=name]` and `type=tmpfs,target=/path[,size=64m]`.
enum MountParser {
    static func parse(_ word: Word, _ source: SourceText) throws -> Instruction.Mount {
        func mistake(_ summary: String, _ remedy: String, _ category: ProblemCategory = .invalid) -> Diagnostic {
            Diagnostic(
                category == .unsupported ? "images.dockerfile.unsupported" : "images.dockerfile.mount", summary,
                at: source.location(word.range), remedy: remedy, category: category)
        }
        var fields: [String: String] = [:]
        for field in word.text.split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1).map(String.init)
            if let name = parts.first { fields[name] = parts.count > 1 ? parts[1] : "true" }
        }
        let type = fields.removeValue(forKey: "type") ?? "bind"
        guard type == "cache" || type == "tmpfs" else {
            throw mistake(
                "RUN --mount=type=\(type) is not supported",
                type == "bind"
                    ? "Copy the files with COPY." : "Pass what is not secret by ARG; keep secrets out of builds.",
                .unsupported)
        }
        let target = fields["target"] ?? fields["dst"] ?? fields["destination"] ?? ""
        for name in ["target", "dst", "destination"] { fields[name] = nil }
        guard target.hasPrefix("/") else {
            throw mistake("a mount needs an absolute target", "Write --mount=type=\(type),target=/path.")
        }
        let known: Set<String> = type == "cache" ? ["id", "sharing"] : ["size"]
        if let other = fields.keys.sorted().first(where: { !known.contains($0) }) {
            throw mistake(
                "\(other)= is not supported for a mount of the type \(type)",
                Suggestion.remedy(for: other, in: known.union(["type", "target"])), .unsupported)
        }
        if type == "cache" {
            let sharing = fields["sharing"] ?? "shared"
            guard sharing == "shared" || sharing == "locked" else {
                throw mistake(
                    "sharing=\(sharing) is not supported",
                    "Use sharing=shared, or sharing=locked for one build at a time.",
                    .unsupported)
            }
            let name = fields["id"] ?? target
            return Instruction.Mount(kind: .cache(name, isLocked: sharing == "locked"), target: target)
        }
        guard let text = fields["size"] else { return Instruction.Mount(kind: .memory(nil), target: target) }
        let units: [Character: Int64] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        let factor = text.last.flatMap { units[Character($0.lowercased())] }
        guard let number = Int64(factor == nil ? Substring(text) : text.dropLast()), number > 0 else {
            throw mistake("\"\(text)\" is not a size", "Write it as 64m or 1g.")
        }
        return Instruction.Mount(kind: .memory(number * (factor ?? 1)), target: target)
    }
}
