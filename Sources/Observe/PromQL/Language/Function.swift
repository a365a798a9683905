/// A function's signature. https://prometheus.io/docs/prometheus/latest/querying/functions/
package struct Function: Sendable {
    package let name: String
    let arguments: [ValueType]
    /// How many of the last arguments may be left out; nil: the last may be repeated any number of times.
    let optional: Int?
    package let result: ValueType

    private init(_ name: String, _ arguments: [ValueType], _ result: ValueType, optional: Int? = 0) {
        self.name = name
        self.arguments = arguments
        self.result = result
        self.optional = optional
    }

    package static let all: [String: Function] = {
        var all: [String: Function] = [:]
        func add(_ names: String, _ arguments: [ValueType], _ result: ValueType = .vector, optional: Int? = 0) {
            for name in names.split(separator: " ").map(String.init) {
                all[name] = Function(name, arguments, result, optional: optional)
            }
        }
        add(
            "abs acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh", [.vector]
        )
        add("sqrt tan tanh absent sort sort_desc timestamp", [.vector])
        add("histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar", [.vector])
        add("avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time", [.matrix])
        add("first_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time", [.matrix])
        add("stdvar_over_time sum_over_time absent_over_time mad_over_time", [.matrix])
        add("ts_of_min_over_time ts_of_max_over_time ts_of_first_over_time ts_of_last_over_time", [.matrix])
        add("day_of_month day_of_week day_of_year days_in_month hour minute month year", [.vector], optional: 1)
        add("clamp", [.vector, .scalar, .scalar])
        add("clamp_max clamp_min", [.vector, .scalar])
        add("round", [.vector, .scalar], optional: 1)
        add("histogram_quantile", [.scalar, .vector])
        add("histogram_quantiles", [.vector, .string, .scalar, .scalar], optional: nil)
        add("histogram_fraction", [.scalar, .scalar, .vector])
        add("double_exponential_smoothing", [.matrix, .scalar, .scalar])
        add("predict_linear", [.matrix, .scalar])
        add("quantile_over_time", [.scalar, .matrix])
        add("label_replace", [.vector, .string, .string, .string, .string])
        add("label_join", [.vector, .string, .string, .string], optional: nil)
        add("sort_by_label sort_by_label_desc", [.vector, .string], optional: nil)
        add("scalar", [.vector], .scalar)
        add("vector", [.scalar])
        add("time pi start end step range", [], .scalar)
        add("min_of max_of", [.scalar, .scalar], .scalar)
        add("info", [.vector, .vector], optional: 1)
        return all
    }()

    /// The least and the most number of arguments; the most is nil where there is no limit.
    var arity: (least: Int, most: Int?) {
        guard let optional else { return (arguments.count - 1, nil) }
        return (arguments.count - optional, arguments.count)
    }

    func argumentType(_ index: Int) -> ValueType {
        index < arguments.count ? arguments[index] : arguments.last ?? .scalar
    }
}
