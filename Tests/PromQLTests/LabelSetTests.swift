import PromQL
import Testing

struct LabelSetTests {
    @Test("labels are sorted, empty ones go, the last of a name wins")
    func building() {
        let labels = LabelSet([("b", "2"), ("a", "x"), ("c", ""), ("a", "1")])
        #expect(labels.description == "{a=\"1\", b=\"2\"}")
        #expect(labels["a"] == "1")
        #expect(labels["c"] == nil)
        #expect(LabelSet([("a", "1"), ("b", "2")]) == labels)
    }

    @Test("long values survive the encoding", arguments: [0, 1, 254, 255, 256, 70_000])
    func lengths(count: Int) {
        let value = String(repeating: "v", count: count)
        let labels = LabelSet([("a", value), ("z", "end")])
        #expect(labels["a"] ?? "" == value)
        #expect(labels["z"] == "end")
    }

    @Test("names are kept or dropped, and sets have an order")
    func operations() {
        let labels = LabelSet([("__name__", "up"), ("a", "1"), ("b", "2")])
        #expect(labels.keeping(LabelNames(["b", "x"])) == LabelSet([("b", "2")]))
        #expect(labels.dropping(LabelNames(["b", "__name__"])) == LabelSet([("a", "1")]))
        #expect(labels.metricName == "up")
        #expect(LabelSet([("a", "1")]) < LabelSet([("a", "2")]))
        #expect(LabelSet([("a", "1")]) < LabelSet([("a", "1"), ("b", "1")]))
        #expect(LabelSet([("a", "9")]) < LabelSet([("b", "1")]))
        #expect(!(labels < labels))
    }

    @Test(
        "numbers are written as short as they read back",
        arguments: [
            (0.0, "0"), (1.0, "1"), (-0.5, "-0.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e-7, "1.5e-07"),
            (0.000001, "0.000001"), (123456.789, "123456.789"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"),
            (5e-324, "5e-324"), (1e15, "1000000000000000"), (1234567890123456.5, "1234567890123456.5"),
        ])
    func numbers(value: Double, text: String) {
        #expect(NumberText.format(value) == text)
        if value.isFinite { #expect(NumberText.parse(text) == value) }
    }

    @Test(
        "durations read and write",
        arguments: [("1h30m", 5_400_000), ("250ms", 250), ("1d", 86_400_000), ("1w", 604_800_000)])
    func durations(text: String, milliseconds: Int64) {
        #expect(DurationText.milliseconds(text) == milliseconds)
        #expect(DurationText.format(milliseconds) == text)
        #expect(DurationText.milliseconds("30m1h") == nil)
        #expect(DurationText.milliseconds("99999999999y") == nil)
    }
}
