import Delivery
import FoundationEssentials

/// A job of a workflow: its steps, and its log, which the page's script fills in.
struct JobPanel {
    var run: RunID
    var job: JobFacts
    var now: Date

    var html: HTML {
        let open: HTML = job.status == .running || job.status == .failure ? " open" : .none
        let time: HTML
        if let start = job.startedAt, job.status != .skipped {
            time =
                job.endedAt.map { "\(Figures.duration(max(0, $0.timeIntervalSince(start))))" }
                ?? Moment.since(start, now: now)
        } else {
            time = .none
        }
        return """
            <details class="job" data-key="job-\(job.workflow)-\(job.key)"\(open)>
            <summary>\(job.status.tone.pill(job.status.rawValue)) <span class="strong">\(job.name)</span> <span class="quiet">\(job.workflow)</span><span class="number">\(time)</span></summary>
            \(job.problem.map { "<p class=\"lead bad\">\($0)</p>" })
            \(job.steps.isEmpty ? HTML.none : "<ol class=\"steps\">\(job.steps.map(step))</ol>")
            \(log)
            </details>
            """
    }

    private func step(_ step: StepFacts) -> HTML {
        let time: HTML = step.seconds.map { "<span class=\"number quiet\">\(Figures.duration($0))</span>" } ?? .none
        return "<li>\(step.status.tone.pill(step.status.rawValue)) <span>\(step.name)</span>\(time)</li>"
    }

    private var log: HTML {
        guard job.startedAt != nil, job.status != .queued, job.status != .skipped else { return .none }
        return """
            <div class="logbar"><span class="quiet">Log</span><a href="\(Link.log(run, job))">Plain text</a></div>\
            <div class="log" data-keep data-key="log" data-log="\(Link.logEvents(run, job))" tabindex="0" role="log" aria-label="Log of \(job.name)"></div>
            """
    }
}
