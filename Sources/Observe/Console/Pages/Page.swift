import FoundationEssentials

/// A page: its frame, and what is particular to it.
struct Page {
    var title: String
    var section: Section?
    var viewer: Viewer
    /// How many incidents are open.
    var openIncidents = 0
    /// The stream of the page's changes; nil for a page that doesn't change.
    var live: String?
    var content: HTML

    enum Section: CaseIterable {
        case overview, runs, releases, incidents, ops

        var name: String {
            switch self {
            case .overview: "Overview"
            case .runs: "Runs"
            case .releases: "Releases"
            case .incidents: "Incidents"
            case .ops: "#ops"
            }
        }

        var path: String {
            switch self {
            case .overview: Link.overview
            case .runs: Link.runs
            case .releases: Link.releases
            case .incidents: Link.incidents
            case .ops: Link.ops
            }
        }
    }

    /// The whole document.
    var document: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(windowTitle)</title>
        <link rel="icon" href="\(Asset.icon.path)" type="image/svg+xml">
        <link rel="stylesheet" href="\(Asset.style.path)">
        <script src="\(Asset.script.path)" defer></script>
        </head>
        <body\(live.map { " data-live=\"\($0)\"" } ?? HTML.none)>
        \(body)
        </body>
        </html>

        """
    }

    /// What stands in the document's body, and what a live page sends anew.
    var body: HTML {
        """
        <a class="skip" href="#main">Skip to content</a>
        <header class="bar">
        <a class="brand" href="/"><img src="\(Asset.icon.path)" alt="" width="22" height="22">Estiba</a>
        <nav aria-label="Main"><ul>\(Section.allCases.map(item))</ul></nav>
        <div class="state"><span id="link" class="link" data-keep role="status"></span>\(viewer.badge)</div>
        </header>
        <main id="main" tabindex="-1" data-title="\(windowTitle)">
        \(content)
        </main>
        """
    }

    private func item(_ section: Section) -> HTML {
        let current: HTML = section == self.section ? " aria-current=\"page\"" : ""
        let count: HTML =
            section == .incidents && openIncidents > 0
            ? " <span class=\"count\">\(openIncidents)<span class=\"hidden\"> open</span></span>" : ""
        return "<li><a href=\"\(section.path)\"\(current)>\(section.name)\(count)</a></li>"
    }

    private var windowTitle: String { (openIncidents > 0 ? "(\(openIncidents)) " : "") + title + " · Estiba" }
}

/// Who looks at a page.
struct Viewer: Sendable, Hashable {
    /// Nil where nobody is logged in: such a viewer may look, but change nothing.
    var name: String?

    static let hint = "Run \"estiba login\" in a terminal to log in."

    var badge: HTML {
        guard let name else {
            return "<span class=\"who\" title=\"\(Self.hint)\">read only · <code>estiba login</code></span>"
        }
        return
            "<span class=\"who\"><span class=\"avatar\" aria-hidden=\"true\">\(String(name.prefix(1)).uppercased())</span><span class=\"hidden\">logged in as </span>\(name)</span>"
    }
}
