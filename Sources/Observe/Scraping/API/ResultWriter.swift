import Kube
import PromQL

/// Writes answers of the HTTP API as JSON.
enum ResultWriter {
    /// `{"status":"success","data":…,"warnings":[…],"infos":[…]}`
    static func answer(warnings: [String] = [], infos: [String] = [], _ data: (inout [UInt8]) -> Void) -> [UInt8] {
        var out = Array("{\"status\":\"success\",\"data\":".utf8)
        data(&out)
        for (name, lines) in [("warnings", warnings), ("infos", infos)] where !lines.isEmpty {
            out += Array(",\"\(name)\":".utf8)
            JSON.array(lines.map { .string($0) }).write(into: &out)
        }
        out.append(UInt8(ascii: "}"))
        return out
    }

    static func answer(_ result: QueryResult, limit: Int?) -> [UInt8] {
        var warnings = result.warnings
        let count: Int
        switch result.value {
        case .vector(let all): count = all.count
        case .matrix(let all): count = all.count
        case .scalar, .string: count = 0
        }
        if let limit, count > limit { warnings.append("results truncated due to limit") }
        return answer(warnings: warnings, infos: result.infos) { write(result.value, limit ?? .max, into: &$0) }
    }

    private static func write(_ value: QueryValue, _ limit: Int, into out: inout [UInt8]) {
        switch value {
        case .scalar(let number, let time):
            out += Array("{\"resultType\":\"scalar\",\"result\":".utf8)
            write(time, number, into: &out)
        case .string(let text, let time):
            out += Array("{\"resultType\":\"string\",\"result\":[".utf8)
            TimeText.write(time, into: &out)
            out.append(UInt8(ascii: ","))
            JSON.write(text, into: &out)
            out.append(UInt8(ascii: "]"))
        case .vector(let samples):
            out += Array("{\"resultType\":\"vector\",\"result\":".utf8)
            list(samples.prefix(limit), into: &out) { sample, out in
                out += Array("{\"metric\":".utf8)
                write(sample.labels, into: &out)
                out += Array(",\"value\":".utf8)
                write(sample.time, sample.value, into: &out)
                out.append(UInt8(ascii: "}"))
            }
        case .matrix(let all):
            out += Array("{\"resultType\":\"matrix\",\"result\":".utf8)
            list(all.prefix(limit), into: &out) { series, out in
                out += Array("{\"metric\":".utf8)
                write(series.labels, into: &out)
                out += Array(",\"values\":".utf8)
                list(series.times.indices, into: &out) { index, out in
                    write(series.times[index], series.values[index], into: &out)
                }
                out.append(UInt8(ascii: "}"))
            }
        }
        out.append(UInt8(ascii: "}"))
    }

    static func list<Items: Sequence>(
        _ items: Items, into out: inout [UInt8], _ item: (Items.Element, inout [UInt8]) -> Void
    ) {
        out.append(UInt8(ascii: "["))
        var isFirst = true
        for one in items {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            item(one, &out)
        }
        out.append(UInt8(ascii: "]"))
    }

    static func write(_ labels: LabelSet, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for pair in labels.pairs {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            JSON.write(pair.name, into: &out)
            out.append(UInt8(ascii: ":"))
            JSON.write(pair.value, into: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    private static func write(_ time: Int64, _ value: Double, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "["))
        TimeText.write(time, into: &out)
        out.append(UInt8(ascii: ","))
        out.append(UInt8(ascii: "\""))
        out += Array(NumberText.format(value).utf8)
        out.append(UInt8(ascii: "\""))
        out.append(UInt8(ascii: "]"))
    }
}
