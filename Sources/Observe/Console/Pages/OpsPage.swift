import FoundationEssentials

/// `#ops`: what people and Estiba say, and a line to write.
struct OpsPage {
    var messages: [MessageFacts]
    var openIncidents: Int
    var viewer: Viewer

    /// How long a message may be, in characters.
    static let longest = 4000

    var page: Page {
        Page(
            title: "#ops", section: .ops, viewer: viewer, openIncidents: openIncidents, live: Link.live(Link.ops),
            content: content)
    }

    private var content: HTML {
        let list: HTML =
            messages.isEmpty
            ? "<li class=\"quiet\">Nothing was said yet. Try <code>status</code>.</li>" : "\(messages.map(row))"
        return """
            <h1 class="hidden">#ops</h1>
            <section class="panel channel" aria-labelledby="channel"><header><h2 id="channel">#ops</h2><span class="quiet">deploy · rollback · approve · status · alert</span></header>
            <ol class="messages" data-end role="log" aria-label="Messages" tabindex="0">\(list)</ol>
            \(form)</section>
            """
    }

    private func row(_ message: MessageFacts) -> HTML {
        let isEstiba = message.author == "estiba"
        let initial = message.author.prefix(1).uppercased()
        return """
            <li data-key="message-\(Int(message.sequence))" class="\(isEstiba ? "estiba" : "person")"><span class="avatar" aria-hidden="true">\(initial)</span>\
            <div><p class="by"><span class="strong">\(message.author)</span> \(Moment.clock(message.at))</p><div class="said">\(MessageText.html(message.text))</div></div></li>
            """
    }

    private var form: HTML {
        guard viewer.name != nil else {
            return """
                <form class="say"><label class="hidden" for="text">Message</label>\
                <input id="text" type="text" disabled placeholder="\(Viewer.hint)"><button class="button primary solid" type="button" disabled>Send</button></form>
                """
        }
        return """
            <form class="say" method="post" action="\(Link.ops)"><label class="hidden" for="text">Message</label>\
            <input id="text" name="text" type="text" required maxlength="\(Self.longest)" autocomplete="off" autofocus placeholder="Message #ops, or ask: status, rollback prod">\
            <button class="button primary solid" type="submit">Send</button></form>
            """
    }
}
