/// Knows who holds a bearer token.
package protocol TokenAuthenticator: Sendable {
    /// Nil for a token that nobody holds, or that is no longer valid.
    func caller(forToken token: String) async throws -> Caller?
}
