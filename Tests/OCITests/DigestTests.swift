import OCI
import Testing

struct DigestTests {
    @Test func `the digest of bytes is that of FIPS 180-4`() throws {
        #expect(
            Digest.of("abc").description == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest.of("abc", algorithm: .sha512).hex.hasPrefix("ddaf35a193617abacc417349ae204131"))
    }

    @Test func `pieces hash like the whole`() {
        var hasher = DigestHasher()
        for piece in ["a", "", "bc"] { hasher.update(piece.utf8) }
        #expect(hasher.finish() == Digest.of("abc"))
    }

    @Test(arguments: [
        ("abc", "there is no colon"),
        ("md5:d41d8cd98f00b204e9800998ecf8427e", "the algorithm is neither sha256 nor sha512"),
        ("sha256:abc", "sha256 has 64 digits, this has 3"),
        ("sha256:" + String(repeating: "A", count: 64), "a character is not one of 0-9 and a-f"),
    ])
    func `a wrong digest says what is wrong`(text: String, why: String) {
        #expect(throws: OCIProblem.digest(text, why: why)) { try Digest(text) }
    }
}
