/// A query that needs an answer from outside.
struct DNSOutsideWork: Sendable {
    let message: [UInt8]
    let query: DNSQuery
    let limit: Int
    let byStream: Bool
    /// The record that leads outside, and the name to ask for in place of the query's.
    let alias: (record: DNSRecord, target: DNSName)?

    func following(_ record: DNSRecord, to target: DNSName) -> DNSOutsideWork {
        DNSOutsideWork(message: message, query: query, limit: limit, byStream: byStream, alias: (record, target))
    }

    /// Always answers: where nobody outside does, with a server failure.
    func run(_ resolver: DNSResolver) async -> [UInt8]? {
        guard let alias else {
            if let answer = await resolver.ask(message, byStream: byStream) { return answer }
            return DNSResponse(code: .serverFailure, isAuthoritative: false).bytes(for: query, limit: limit)
        }
        let question = DNSQuery.bytes(id: query.id, name: alias.target, type: query.type)
        let found = await resolver.ask(question, byStream: byStream).map { DNSRecord.answers(in: $0) } ?? []
        return DNSResponse(code: .noError, answers: [alias.record] + found).bytes(for: query, limit: limit)
    }
}
