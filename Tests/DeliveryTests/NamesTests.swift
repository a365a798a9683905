import Delivery
import Testing

@Suite("names and identities")
struct NamesTests {
    @Test("a name is a DNS label", arguments: ["a", "port-track", "x1", String(repeating: "a", count: 40)])
    func valid(text: String) throws {
        #expect(try AppName(text).value == text)
    }

    @Test(
        "anything else is refused",
        arguments: ["", "-a", "a-", "A", "a_b", "a.b", "../x", "ñ", String(repeating: "a", count: 41)])
    func invalid(text: String) {
        #expect(throws: NameProblem.self) { try AppName(text) }
    }

    @Test("runs and releases are read back from their text")
    func identities() throws {
        let app = try AppName("port-track")
        #expect(RunID("port-track/17") == RunID(app: app, number: 17))
        #expect(ReleaseID("port-track-42") == ReleaseID(app: app, number: 42))
        #expect(
            RunID("port-track") == nil && RunID("a/b") == nil && ReleaseID("port-track") == nil
                && ReleaseID("A-1") == nil)
    }

    @Test("an object's labels become the labels of its series")
    func telemetry() {
        let labels = [
            Labels.app: "porttrack", Labels.service: "ships", Labels.release: "porttrack-3", Labels.track: "canary",
            "x": "y",
        ]
        let expected = ["app": "porttrack", "service": "ships", "release": "porttrack-3", "track": "canary"]
        #expect(Labels.telemetry(from: labels) == expected)
    }
}
