import Problems

/// A regular expression as instructions for a machine that follows all alternatives at once.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32, folded: Bool)
        case any(exceptNewline: Bool)
        case set(Int)
        case assertion(PatternAssertion)
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []

    init(_ node: PatternNode) throws(PatternProblem) {
        try compile(node)
        instructions.append(.match)
    }

    private mutating func compile(_ node: PatternNode) throws(PatternProblem) {
        if instructions.count > 50_000 {
            throw PatternProblem("too-large", "expression too large", category: .exhausted)
        }
        switch node {
        case .empty: break
        case .scalar(let value, let folded): instructions.append(.scalar(value, folded: folded))
        case .any(let exceptNewline): instructions.append(.any(exceptNewline: exceptNewline))
        case .set(let set):
            sets.append(set)
            instructions.append(.set(sets.count - 1))
        case .assertion(let assertion): instructions.append(.assertion(assertion))
        case .sequence(let parts): for part in parts { try compile(part) }
        case .alternation(let branches): try compile(branches: branches)
        case .group(let inside, let index):
            if let index { instructions.append(.save(2 * index)) }
            try compile(inside)
            if let index { instructions.append(.save(2 * index + 1)) }
        case .repetition(let inside, let least, let most, let lazy):
            for _ in 0..<least { try compile(inside) }
            if let most {
                for _ in 0..<max(0, most - least) { try compile(optional: inside, lazy: lazy, loops: false) }
            } else {
                try compile(optional: inside, lazy: lazy, loops: true)
            }
        }
    }

    private mutating func compile(branches: [PatternNode]) throws(PatternProblem) {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            let split = instructions.count
            if index < branches.count - 1 { instructions.append(.split(split + 1, 0)) }
            try compile(branch)
            guard index < branches.count - 1 else { break }
            jumps.append(instructions.count)
            instructions.append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func compile(optional node: PatternNode, lazy: Bool, loops: Bool) throws(PatternProblem) {
        let split = instructions.count
        instructions.append(.split(0, 0))
        try compile(node)
        if loops { instructions.append(.jump(split)) }
        let after = instructions.count
        instructions[split] = lazy ? .split(after, split + 1) : .split(split + 1, after)
    }
}
