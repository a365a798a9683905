import PromQL

/// `query` and `query_range`.
extension PrometheusAPI {
    func instant(_ parameters: Parameters) async throws -> [UInt8] {
        let limit = try parameters.limit()
        let time = try parameters.time("time")
        let (lookback, timeout) = try settings(parameters)
        let result = try await engine.instant(
            parameters["query"] ?? "", at: time, lookback: lookback, timeout: timeout)
        return ResultWriter.answer(result, limit: limit)
    }

    func range(_ parameters: Parameters) async throws -> [UInt8] {
        let limit = try parameters.limit()
        let start = try required(try parameters.time("start"), "start", "a valid timestamp")
        let end = try required(try parameters.time("end"), "end", "a valid timestamp")
        if end < start {
            throw APIError.badData("invalid parameter \"end\": end timestamp must not be before start time")
        }
        let step = try required(try parameters.duration("step"), "step", "a valid duration")
        if step <= 0 {
            throw APIError.badData(
                "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer"
            )
        }
        if (end - start) / step > Self.maximumPoints {
            throw APIError.badData(
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
            )
        }
        let (lookback, timeout) = try settings(parameters)
        let query = parameters["query"] ?? ""
        if let type = try? Query(query).type, type != .scalar && type != .vector {
            let name = type == .matrix ? "range vector" : "string"
            throw APIError.badData(
                "invalid parameter \"query\": invalid expression type \"\(name)\" for range query, must be Scalar or instant Vector"
            )
        }
        let result = try await engine.range(
            query, from: start, to: end, step: step, lookback: lookback, timeout: timeout)
        return ResultWriter.answer(result, limit: limit)
    }

    private func required(_ value: Int64?, _ name: String, _ what: String) throws(APIError) -> Int64 {
        guard let value else { throw .badData("invalid parameter \"\(name)\": cannot parse \"\" to \(what)") }
        return value
    }

    private func settings(_ parameters: Parameters) throws(APIError) -> (lookback: Int64?, timeout: Duration?) {
        (try parameters.duration("lookback_delta"), try parameters.duration("timeout").map { .milliseconds($0) })
    }
}
