import HTTPTypes
import Hummingbird
import OCI
import Web

extension RegistryRoutes {
    private struct Tags: Encodable {
        let name: String
        let tags: [String]
    }

    private struct Catalog: Encodable {
        let repositories: [String]
    }

    func tags(_ repository: String, _ request: Request) async throws -> Response {
        let page = try Page(request)
        let tags = try await store.tags(repository, after: page.last, limit: page.asked)
        var response = try Response.json(Tags(name: repository, tags: page.cut(tags)))
        page.addLink(to: &response, path: "/v2/\(repository)/tags/list", found: tags)
        return response
    }

    func catalog(_ request: Request) async throws -> Response {
        let page = try Page(request)
        let names = try await store.repositories(after: page.last, limit: page.asked)
        var response = try Response.json(Catalog(repositories: page.cut(names)))
        page.addLink(to: &response, path: "/v2/_catalog", found: names)
        return response
    }

    func referrers(_ repository: String, _ digest: String, _ request: Request) async throws -> Response {
        let wanted = request.uri.queryParameters["artifactType"].map(String.init)
        let index = try await store.referrers(repository, try Self.digest(digest), artifactType: wanted)
        var response = Response.bytes(try DocumentCoding.encode(index), contentType: MediaType.index.rawValue)
        if wanted != nil { response.headers.set(RegistryHeader.filtersApplied, "artifactType") }
        return response
    }

    /// The `n` and `last` of a listing. One more than asked for is fetched, to know whether a next page exists.
    private struct Page {
        let count: Int?
        let last: String?

        init(_ request: Request) throws(RegistryProblem) {
            last = request.uri.queryParameters["last"].map(String.init)
            if let text = request.uri.queryParameters["n"] {
                guard let number = Int(text), number >= 0, number < 1 << 30 else {
                    throw .unsupported(what: "n=\(text): it is not a count")
                }
                count = number
            } else {
                count = nil
            }
        }

        var asked: Int? { count.map { $0 + 1 } }

        func cut(_ names: [String]) -> [String] { count.map { Array(names.prefix($0)) } ?? names }

        func addLink(to response: inout Response, path: String, found: [String]) {
            guard let count, count > 0, found.count > count else { return }
            response.headers.set("Link", "<\(path)?n=\(count)&last=\(found[count - 1])>; rel=\"next\"")
        }
    }
}
