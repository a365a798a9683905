import Problems
import PromQL
import Testing

struct ParserTests {
    @Test(
        "an error says where and what in Prometheus' words",
        arguments: [
            ("", "1:1: parse error: no expression found in input"),
            ("1 +", "1:4: parse error: unexpected end of input"),
            ("*1", "1:1: parse error: unexpected <op:*>"),
            ("(1", "1:3: parse error: unclosed left parenthesis"),
            ("1)", "1:2: parse error: unexpected right parenthesis ')'"),
            ("foo{", "1:5: parse error: unexpected end of input inside braces"),
            ("foo{a}", "1:6: parse error: unexpected \"}\" in label matching, expected label matching operator"),
            ("foo{a=b}", "1:7: parse error: unexpected identifier \"b\" in label matching, expected string"),
            (
                "foo{1=\"a\"}",
                "1:5: parse error: unexpected number \"1\" in label matching, expected identifier or \"}\""
            ),
            ("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
            ("{x=\"\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
            ("foo{__name__=\"bar\"}", "1:4: parse error: metric name must not be set twice: \"foo\" or \"bar\""),
            ("foo[5m", "1:7: parse error: unexpected end of input in brackets"),
            ("foo[0s]", "1:5: parse error: duration must be greater than 0"),
            ("(foo)[5m]", "1:1: parse error: ranges only allowed for vector selectors"),
            (
                "rate(foo)",
                "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"
            ),
            ("rate()", "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 0"),
            ("round(a, 1, 2)", "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3"),
            ("nope(a)", "1:1: parse error: unknown function with name \"nope\""),
            ("1 == 1", "1:1: parse error: comparisons between scalars must use BOOL modifier"),
            ("foo + bool bar", "1:1: parse error: bool modifier can only be used on comparison operators"),
            ("1 and 2", "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"),
            ("1 or on(bar) foo", "1:1: parse error: set operator \"or\" not allowed in binary scalar expression"),
            ("foo + on(bar) 10", "1:1: parse error: vector matching only allowed between instant vectors"),
            ("foo and group_left(a) bar", "1:9: parse error: unexpected <group_left>"),
            (
                "foo and on(bar) group_left(baz) bar",
                "1:1: parse error: no grouping allowed for \"and\" operation"
            ),
            (
                "foo * on(bar) group_left(bar) baz",
                "1:1: parse error: label \"bar\" must not occur in ON and GROUP clause at once"
            ),
            (
                "-\"a\"",
                "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\""
            ),
            (
                "(foo + bar) offset 5m",
                "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
            ),
            ("foo offset 5m offset 6m", "1:1: parse error: offset may not be set multiple times"),
            (
                "topk(foo)",
                "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1"
            ),
            ("sum()", "1:1: parse error: no arguments for aggregate expression provided"),
            ("sum by (+) (foo)", "1:9: parse error: unexpected <op:+> in grouping opts, expected label"),
            ("foo{a=~\"(\"}", "1:8: parse error: error parsing regexp: missing closing ): `(`"),
            ("5mm", "1:1: parse error: bad number or duration syntax: \"5mm\""),
            ("foo\n  + $", "2:5: parse error: unexpected character: '$'"),
            ("'abc", "1:1: parse error: unterminated quoted string"),
        ])
    func errors(query: String, message: String) {
        do {
            _ = try Query(query)
            Issue.record("\(query) was accepted")
        } catch {
            #expect(error.message == message)
        }
    }

    @Test(
        "the types of expressions are known",
        arguments: [
            ("1", ValueType.scalar), ("\"a\"", .string), ("up", .vector), ("up[5m]", .matrix),
            ("rate(up[5m])[1h:1m]", .matrix),
            ("sum(up)", .vector), ("1 + 2", .scalar), ("1 + up", .vector), ("scalar(up)", .scalar), ("-(up)", .vector),
            ("sum{a=\"b\"}", .vector), ("{\"a.b\", c=\"d\"}", .vector), ("a:b:c", .vector),
            ("up @ end() offset -1h30m", .vector),
            ("1h", .scalar), ("0x1F", .scalar), ("on + by", .vector),
        ])
    func types(query: String, type: ValueType) throws {
        #expect(try Query(query).type == type)
    }

    @Test("a problem points at the place in the query")
    func location() {
        do {
            _ = try Query("up +\n nope(1)")
            Issue.record("was accepted")
        } catch {
            #expect(error.location?.line == 2)
            #expect(error.location?.column == 2)
            #expect(error.location?.width == 4)
        }
    }

    @Test("nothing that can be written stops the process")
    func extremes() throws {
        for query in [
            String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000),
            String(repeating: "-", count: 100_000) + "1", "1" + String(repeating: "+1", count: 100_000),
            "up[999999999999999999s]", "up offset 1e18", "up @ 1e17", "up[292277024y]",
            "up{a=~\"" + String(repeating: "(", count: 10_000) + "\"}", "up{a=~\"(a{1000}){1000}\"}",
        ] {
            #expect(throws: PromQLProblem.self) { try Query(query) }
        }
        let evaluator = QueryEvaluator(source: MemorySeries())
        for text in ["sum_over_time(vector(1)[100000y:1ms])", "vector(1)[10000y:1s]"] {
            let query = try Query(text)
            #expect(throws: PromQLProblem.tooManySamples(50_000_000)) { try evaluator.instant(query, at: 0) }
        }
        for text in [
            "up @ 1e15 offset 285000y", "topk(1e300, up)", "round(vector(1), 0)", "year(vector(1e300))", "1 % 0",
        ] {
            if let query = try? Query(text) { _ = try evaluator.instant(query, at: 1 << 59) }
        }
    }
}
