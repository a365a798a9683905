import FoundationEssentials

/// The stages of a run on one line of time.
struct StageList {
    var stages: [StageFacts]
    var runStart: Date
    var runEnd: Date?
    var now: Date

    var html: HTML {
        guard !stages.isEmpty else { return .none }
        return """
            <section class="panel" aria-labelledby="stages"><header><h2 id="stages">Stages</h2></header>\
            <ol class="stages">\(stages.map(row))</ol></section>
            """
    }

    private func row(_ stage: StageFacts) -> HTML {
        let end = stage.endedAt ?? (runEnd ?? now)
        let time: HTML =
            stage.endedAt.map { "\(Figures.duration(max(0, $0.timeIntervalSince(stage.startedAt))))" }
            ?? Moment.since(stage.startedAt, now: now)
        let total = (runEnd ?? now).timeIntervalSince(runStart)
        let span = Drawing.span(
            from: stage.startedAt.timeIntervalSince(runStart), to: end.timeIntervalSince(runStart),
            of: total, tone: stage.status.tone)
        return """
            <li data-key="stage-\(stage.name)"><span class="name">\(stage.name)</span>\(stage.status.tone.pill(stage.status.rawValue))\
            <span class="detail">\(stage.detail)</span>\(span)<span class="number">\(time)</span></li>
            """
    }
}
