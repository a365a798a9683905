import Ships
import Testing

@Suite("IMO numbers")
struct IMONumberTests {
    @Test("real hulls have valid check digits", arguments: ["9074729", "9176187", "8814275", "9321483", "1000021"])
    func valid(text: String) throws {
        #expect(try IMONumber(text).value == text)
    }

    @Test("the prefix IMO may be written")
    func prefix() throws {
        #expect(try IMONumber("IMO 9074729").value == "9074729")
        #expect(try IMONumber("imo9074729").value == "9074729")
    }

    @Test("a wrong check digit says the right one", arguments: [("9074728", 9), ("9074720", 9), ("9176180", 7)])
    func wrong(text: String, digit: Int) {
        #expect(throws: IMONumber.Mistake(message: "the check digit should be \(digit)")) { try IMONumber(text) }
    }

    @Test("anything but seven digits is refused", arguments: ["", "907472", "90747290", "90747a9", "９０７４７２９"])
    func malformed(text: String) {
        #expect(throws: IMONumber.Mistake(message: "must have seven digits")) { try IMONumber(text) }
    }
}
