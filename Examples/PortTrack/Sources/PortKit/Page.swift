import Hummingbird

/// How much of a list is asked for: `?limit=50&after=KEY`.
package struct Page: Sendable, Equatable {
    package let limit: Int
    package let after: String

    package init(_ request: Request) throws(InputError) {
        let query = request.uri.queryParameters
        after = query["after"].map(String.init) ?? ""
        guard let text = query["limit"] else {
            limit = 50
            return
        }
        guard let number = Int(text), (1...500).contains(number) else {
            throw InputError.mistakes(["limit": "is a number from 1 to 500"])
        }
        limit = number
    }
}
