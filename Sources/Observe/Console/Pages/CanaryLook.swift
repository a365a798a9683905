/// What one look at a canary showed, with both tracks side by side and the judge's arithmetic.
struct CanaryLook {
    var look: CanaryFacts
    /// Otherwise the others stay behind a disclosure.
    var showsAllReasons = false

    var html: HTML {
        let step = "step \(look.step) of \(look.steps)"
        let weight = Figures.percent(look.weight)
        return """
            <div class="canary-look">
            <p class="weights"><strong>\(weight)</strong> of the traffic · \(step) · watched \(Figures.duration(look.observed.rounded())) \(look.verdict.tone.pill(look.verdict.words))</p>
            \(Drawing.progress(look.weight, label: "\(weight) of the traffic goes to the canary, \(step)", tone: .canary))
            <table class="pair"><thead><tr><th><span class="hidden">Track</span></th><th scope="col" class="number">Requests</th>\
            <th scope="col" class="number">Errors</th><th scope="col" class="number">p95</th></tr></thead>\
            <tbody>\(row("canary", look.canary))\(row("stable", look.stable))</tbody></table>
            \(reasons)
            </div>
            """
    }

    private func row(_ name: String, _ counts: CountFacts) -> HTML {
        let share: HTML? =
            counts.requests == 0
            ? nil : " <span class=\"quiet\">\(Figures.share(Double(counts.errors) / Double(counts.requests)))</span>"
        return """
            <tr><th scope="row">\(name)</th><td class="number">\(Figures.grouped(counts.requests))</td>\
            <td class="number">\(Figures.grouped(counts.errors))\(share)</td><td class="number">\(counts.p95.map(Figures.milliseconds) ?? "–")</td></tr>
            """
    }

    private var reasons: HTML {
        guard let first = look.reasons.first else { return .none }
        let rest = look.reasons.dropFirst().map { "<li>\($0)</li>" as HTML }
        if rest.isEmpty { return "<p class=\"verdict\">\(first)</p>" }
        if showsAllReasons { return "<ul class=\"verdict\"><li>\(first)</li>\(rest)</ul>" }
        return
            "<p class=\"verdict\">\(first)</p><details class=\"more\"><summary>The judge’s arithmetic</summary><ul class=\"verdict\">\(rest)</ul></details>"
    }
}
