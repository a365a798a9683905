import Delivery
import Foundation
import Testing

struct BylineTests {
    @Test(
        arguments: [
            ("ada", "approved by ada", nil), ("ada", "3f2a9c1 routes: arrival estimate", "by ada"),
            ("estiba", "canary is good", nil),
        ] as [(String, String, String?)])
    func `a person is named once, Estiba never`(_ actor: String, _ message: String, _ byline: String?) {
        #expect(DeliveryEvent(.approved, at: .distantPast, actor: actor, message: message).byline == byline)
    }
}
