import Delivery
import Foundation
import Testing

@testable import Console

@Suite("markup")
struct MarkupTests {
    static let hostile = [
        #"<script>alert(1)</script>"#, #""><img src=x onerror=alert(1)>"#, "' onmouseover='alert(1)",
        "</title><svg/onload=alert(1)>",
        "&lt;b&gt; &amp;", "`x` `", "a\u{0}b\u{1B}[31m", "\u{202E}gnp.exe", "line\r\nevent: page\r\ndata: <b>",
        "javascript:alert(1)",
        "]]>--><!--", "\u{2028}\u{2029}",
    ]

    @Test("interpolated text can't become markup", arguments: hostile)
    func escapes(_ text: String) {
        let html: HTML = "<p title=\"\(text)\">\(text)</p>"
        let inside = html.text.dropFirst("<p title=\"".count).dropLast("</p>".count)
        let parts = inside.components(separatedBy: "\">")
        #expect(parts.count == 2)
        for part in parts {
            #expect(!part.contains { "<>\"'`\r\0\u{1B}\u{202E}\u{2028}".contains($0) })
        }
    }

    @Test("escaping is exact")
    func exact() {
        let html: HTML = "<b>\("a<b>&\"c\"'d'")</b>\(7)\(HTML.none)\(nil as HTML?)\(["<i>" as HTML, HTML(text: "<")])"
        #expect(html.text == "<b>a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;</b>7<i>&lt;")
        #expect(HTML(text: "naïve 日本 🚢\n\tx").text == "naïve 日本 🚢\n\tx")
        #expect(HTML(text: "a\u{202E}b\u{7F}").text == "a\u{FFFD}b\u{FFFD}")
    }

    @Test("text of a terminal loses its codes, not its words")
    func terminalCodes() {
        #expect(Escaping.withoutTerminalCodes("\u{1B}[1;32mok\u{1B}[0m done") == "ok done")
        #expect(Escaping.withoutTerminalCodes("10 %\r50 %\r100 %") == "100 %")
        #expect(Escaping.withoutTerminalCodes("done\r") == "done")
        #expect(Escaping.withoutTerminalCodes("\u{1B}]8;;http://x\u{7}link\u{1B}]8;;\u{1B}\\!") == "link!")
        #expect(Escaping.withoutTerminalCodes("cut \u{1B}[31") == "cut ")
    }

    @Test(
        "segments of paths are escaped and come back",
        arguments: [
            ("build", "build"), ("a/b", "a%2Fb"), ("..", "%2E%2E"), ("é \"<", "%C3%A9%20%22%3C"), ("100%", "100%25"),
        ])
    func segments(_ text: String, _ escaped: String) {
        #expect(PercentText.encode(segment: text) == escaped)
        #expect(PercentText.decode(escaped) == text)
    }

    @Test("messages are Slack's mrkdwn, and nothing else")
    func messages() {
        #expect(MessageText.html("*a* `b` _c_").text == "<p><strong>a</strong> <code>b</code> <em>c</em></p>")
        #expect(MessageText.html("> quote\n\nsaid").text == "<blockquote>quote</blockquote><p>said</p>")
        #expect(MessageText.html("```\n*a*\nb\n```").text == "<pre><code>*a*\nb</code></pre>")
        #expect(
            MessageText.html(":rotating_light: at 12:30:00").text
                == "<p><span class=\"sign bad\" role=\"img\" aria-label=\"alarm\">▲</span> at 12:30:00</p>")
        #expect(MessageText.html("snake_case_name 2*3*4 * alone").text == "<p>snake_case_name 2*3*4 * alone</p>")
        #expect(MessageText.html("`<b>`*<i>*").text == "<p><code>&lt;b&gt;</code>*&lt;i&gt;*</p>")
        #expect(MessageText.html("*<i>*").text == "<p><strong>&lt;i&gt;</strong></p>")
        #expect(MessageText.html("unclosed ``` <b>").text == "<p>unclosed </p><pre><code> &lt;b&gt;</code></pre>")
    }

    @Test("figures are short and honest")
    func figures() {
        let s = Figures.space
        #expect([0, 0.02, 0.42, 9.97, 1284].map(Figures.rate) == ["0", "<0.1", "0.4", "9", "1,284"])
        #expect(
            [0, 0.00001, 0.0025, 0.201, .nan].map(Figures.share) == [
                "0.00\(s)%", "<0.01\(s)%", "0.25\(s)%", "20.1\(s)%", "–",
            ])
        #expect(
            [4.23, 380, 999.7, 1250].map(Figures.milliseconds) == ["4.2\(s)ms", "380\(s)ms", "1.00\(s)s", "1.25\(s)s"])
        #expect(
            [0.04, 21.4, 66, 7505, 273_900, -1].map(Figures.duration)
                == ["0.0\(s)s", "21.4\(s)s", "1\(s)m 06\(s)s", "2\(s)h 05\(s)m", "3\(s)d 04\(s)h", "–"])
        #expect(Figures.grouped(1_234_567) == "1,234,567")
        #expect(Figures.rate(.infinity) == "–" && Figures.fixed(1e300, 2) == "–")
    }

    @Test("drawings stay in their box", arguments: [-5, 0, 33.333, 100, 250, .nan, .infinity])
    func drawings(_ percent: Double) {
        let text = Drawing.progress(percent, label: "x", tone: .canary).text
        let width = text.components(separatedBy: "class=\"fill\" width=\"").last?.components(separatedBy: "\"").first
            .flatMap(Double.init)
        #expect(width.map { (0...100).contains($0) } == true)
        #expect(Drawing.spark([1], label: "").isEmpty)
        #expect(Drawing.spark([0, .nan, -3], label: "x").text.contains("0.00,15.00"))
    }

    @Test("moments say UTC and carry what a program reads")
    func moments() {
        let text = Moment.ago(Date(timeIntervalSince1970: 1_793_800_000.25)).text
        #expect(text == "<time datetime=\"2026-11-04T13:46:40.250Z\" data-as=\"ago\">2026-11-04 13:46:40 UTC</time>")
    }
}
