import Problems

/// A problem, for a person in a browser.
struct ProblemPage {
    var problem: any Problem
    var viewer: Viewer

    var page: Page {
        Page(
            title: "Problem", section: nil, viewer: viewer,
            content: """
                <section class="panel problem"><h1>\(problem.summary)</h1>\
                \(problem.cause.map { "<p class=\"lead bad\">\(brief($0))</p>" })\
                \(problem.remedy.map { "<p class=\"remedy\">\($0)</p>" })\
                <p class="quiet"><code>\(problem.code)</code></p><p><a href="\(Link.overview)">Overview</a></p></section>
                """)
    }
}
