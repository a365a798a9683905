/// Small drawings as inline SVG. Their geometry stands in attributes: the pages' policy allows no styles in the markup.
enum Drawing {
    /// A bar of 0…100 with a mark at every tenth.
    static func progress(_ percent: Double, label: String, tone: Tone) -> HTML {
        let width = coordinate(min(max(percent.isFinite ? percent : 0, 0), 100))
        let lines = (1..<10).map { "<line class=\"mark\" x1=\"\($0)0\" x2=\"\($0)0\" y1=\"0\" y2=\"6\"/>" as HTML }
        return """
            <svg class="progress \(tone.rawValue)" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="\(label)">\
            <rect class="track" width="100" height="6"/><rect class="fill" width="\(width)" height="6"/>\(lines)</svg>
            """
    }

    /// A line through values at even distances, from zero up.
    static func spark(_ values: [Double], label: String) -> HTML {
        let values = values.suffix(120).map { $0.isFinite ? max(0, $0) : 0 }
        guard values.count > 1, let top = values.max() else { return .none }
        let scale = top > 0 ? 14 / top : 0
        let points = values.enumerated().map { index, value in
            "\(coordinate(Double(index) * 60 / Double(values.count - 1))),\(coordinate(15 - value * scale))"
        }
        return """
            <svg class="spark" viewBox="0 0 60 16" preserveAspectRatio="none" role="img" aria-label="\(label)">\
            <polyline points="\(points.joined(separator: " "))"/></svg>
            """
    }

    /// A span of time within a longer one; all in seconds from the longer one's start.
    static func span(from start: Double, to end: Double, of total: Double, tone: Tone) -> HTML {
        let total = max(total, 0.001)
        let left = min(max(start / total * 100, 0), 99.5)
        let width = min(max((end - start) / total * 100, 0.5), 100 - left)
        return """
            <svg class="span \(tone.rawValue)" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">\
            <rect class="track" y="3.5" width="100" height="1"/><rect class="fill" x="\(coordinate(left))" width="\(coordinate(width))" height="8"/></svg>
            """
    }

    /// Two digits after the point are enough for a screen.
    static func coordinate(_ value: Double) -> String {
        let scaled = Int((value * 100).rounded())
        return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
    }
}
