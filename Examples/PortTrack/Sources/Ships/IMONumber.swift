/// The number that the International Maritime Organization gives a hull: seven digits, the last one a check digit.
///
/// The first six digits are weighted 7 to 2; the check digit is the last digit of their sum. IMO 9074729:
/// 9·7 + 0·6 + 7·5 + 4·4 + 7·3 + 2·2 = 139, so 9.
package struct IMONumber: Sendable, Hashable, Codable, CustomStringConvertible {
    package let value: String

    /// Why a text is not an IMO number, in words for the person who typed it.
    package struct Mistake: Error, Equatable {
        package let message: String

        package init(message: String) {
            self.message = message
        }
    }

    /// Accepts `9074729` and `IMO 9074729`.
    package init(_ text: String) throws(Mistake) {
        var digits = Substring(text)
        if digits.uppercased().hasPrefix("IMO") { digits = digits.dropFirst(3).drop { $0 == " " } }
        let numbers = digits.utf8.compactMap { (0x30...0x39).contains($0) ? Int($0) - 0x30 : nil }
        guard numbers.count == 7, digits.utf8.count == 7 else { throw Mistake(message: "must have seven digits") }
        let expected = Self.checkDigit(of: Array(numbers.prefix(6)))
        guard numbers[6] == expected else { throw Mistake(message: "the check digit should be \(expected)") }
        value = String(digits)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(Mistake) {
            self = try IMONumber(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
        }
    }

    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

    package var description: String { value }

    static func checkDigit(of six: [Int]) -> Int {
        zip(six, stride(from: 7, through: 2, by: -1)).map(*).reduce(0, +) % 10
    }
}
