/// Runs a program over a text in time proportional to the product of their lengths, whatever the expression.
struct PatternMachine {
    private struct Thread {
        let instruction: Int
        let captures: [Int]
    }

    let program: PatternProgram
    /// Whether the groups' positions are wanted.
    let capturing: Bool
    private var marks: [Int]
    private var generation = 0

    init(_ program: PatternProgram, capturing: Bool) {
        self.program = program
        self.capturing = capturing
        marks = Array(repeating: 0, count: program.instructions.count)
    }

    /// Matches the whole text. The positions are scalar indices: two for each group, −1 where it took no part.
    mutating func run(_ text: [UInt32], groups: Int) -> [Int]? {
        let unset = capturing ? Array(repeating: -1, count: 2 * (groups + 1)) : []
        var threads: [Thread] = []
        generation += 1
        add(0, unset, at: 0, in: text, to: &threads)
        for position in 0..<text.count {
            if threads.isEmpty { return nil }
            var next: [Thread] = []
            generation += 1
            for thread in threads where consumes(thread.instruction, text[position]) {
                add(thread.instruction + 1, thread.captures, at: position + 1, in: text, to: &next)
            }
            threads = next
        }
        for thread in threads {
            if case .match = program.instructions[thread.instruction] { return thread.captures }
        }
        return nil
    }

    private func consumes(_ instruction: Int, _ scalar: UInt32) -> Bool {
        switch program.instructions[instruction] {
        case .scalar(let value, let folded): folded ? ScalarSet.fold(scalar) == value : scalar == value
        case .any(let exceptNewline): !exceptNewline || scalar != 0x0A
        case .set(let index): program.sets[index].contains(scalar)
        case .assertion, .split, .jump, .save, .match: false
        }
    }

    private mutating func add(
        _ start: Int, _ captures: [Int], at position: Int, in text: [UInt32], to threads: inout [Thread]
    ) {
        var pending = [(start, captures)]
        while let (instruction, captures) = pending.popLast() {
            if marks[instruction] == generation { continue }
            marks[instruction] = generation
            switch program.instructions[instruction] {
            case .jump(let target): pending.append((target, captures))
            case .split(let first, let second):
                pending.append((second, captures))
                pending.append((first, captures))
            case .save(let slot):
                var captures = captures
                if capturing { captures[slot] = position }
                pending.append((instruction + 1, captures))
            case .assertion(let assertion):
                if holds(assertion, at: position, in: text) { pending.append((instruction + 1, captures)) }
            case .scalar, .any, .set, .match: threads.append(Thread(instruction: instruction, captures: captures))
            }
        }
    }

    private func holds(_ assertion: PatternAssertion, at position: Int, in text: [UInt32]) -> Bool {
        func isWord(_ index: Int) -> Bool {
            text.indices.contains(index) && text[index] < 0x80 && Lexing.isWord(UInt8(text[index]))
        }
        switch assertion {
        case .textStart: return position == 0
        case .textEnd: return position == text.count
        case .lineStart: return position == 0 || text[position - 1] == 0x0A
        case .lineEnd: return position == text.count || text[position] == 0x0A
        case .wordBoundary: return isWord(position - 1) != isWord(position)
        case .noWordBoundary: return isWord(position - 1) == isWord(position)
        }
    }
}
