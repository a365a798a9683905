import Dispatch
import Glibc
import Synchronization

// judge [--quick] [--judges NAME,…] [--reps N] [--why]: plays canaries with known truth against the judges, and prints tables in Markdown.

struct Options {
    var isQuick = false
    var isCurious = false
    var repetitions: Int?
    var rates: [Int]?
    var judges = Table.judges.map(\.name)

    init(_ arguments: [String]) {
        var rest = arguments.dropFirst()
        while let word = rest.popFirst() {
            switch word {
            case "--quick": isQuick = true
            case "--why": isCurious = true
            case "--reps": repetitions = rest.popFirst().flatMap { Int($0) }
            case "--rates": rates = rest.popFirst()?.split(separator: ",").compactMap { Int($0) }
            case "--judges": judges = rest.popFirst()?.split(separator: ",").map(String.init) ?? judges
            default:
                print("usage: judge [--quick] [--reps N] [--rates 1,10,…] [--judges Estiba,Flagger,…] [--why]")
                exit(2)
            }
        }
    }
}

let options = Options(CommandLine.arguments)
let cells = Table.cells(options)
let results = Mutex<[Cell: [String: Tally]]>([:])
let next = Mutex(0)

// Two cores at most; what a cell gives depends on its seed alone, not on who plays it.
DispatchQueue.concurrentPerform(iterations: 2) { _ in
    while true {
        let index = next.withLock { index in
            defer { index += 1 }
            return index
        }
        guard index < cells.count else { return }
        let tallies = Table.play(cells[index], options)
        results.withLock { $0[cells[index]] = tallies }
        if isatty(2) != 0 {
            let line = "\r\(index + 1) of \(cells.count) "
            _ = line.withCString { write(2, $0, strlen($0)) }
        }
    }
}
print(Table.markdown(results.withLock { $0 }, options))
