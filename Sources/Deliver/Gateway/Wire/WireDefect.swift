/// Why bytes are refused as an HTTP/1.1 message (RFC 9112). What could be read in two ways is refused, not guessed.
enum WireDefect: Error, Equatable {
    case startLine
    case version
    case fieldName
    case fieldValue
    case foldedField
    case bareLineFeed
    case host
    case contentLength
    case transferEncoding
    case bothLengths
    case chunk
    case target
    case targetTooLong
    case headTooLarge

    /// The status of the answer to a request with this defect.
    var status: Int {
        switch self {
        case .version: 505
        case .headTooLarge: 431
        case .targetTooLong: 414
        case .transferEncoding: 501
        default: 400
        }
    }

    var sentence: String {
        switch self {
        case .startLine: "the first line is not an HTTP request line"
        case .version: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .fieldName: "a header name has a character that is not allowed"
        case .fieldValue: "a header value has a character that is not allowed"
        case .foldedField: "a header is continued on the next line, which is not allowed"
        case .bareLineFeed: "a line does not end in CR LF"
        case .host: "exactly one valid Host header is needed"
        case .contentLength: "Content-Length is not one number"
        case .transferEncoding: "only the transfer encoding \"chunked\" is known"
        case .bothLengths: "Content-Length and Transfer-Encoding exclude each other"
        case .chunk: "a chunk of the body is malformed"
        case .target: "the request target is not a path"
        case .targetTooLong: "the request target is too long"
        case .headTooLarge: "the headers are too large"
        }
    }
}
