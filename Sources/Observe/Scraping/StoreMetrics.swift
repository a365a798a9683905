package import SeriesStore

/// What the store of series says about itself.
package struct StoreMetrics: MetricsSource {
    private let store: TimeSeries

    package init(store: TimeSeries) {
        self.store = store
    }

    package func exposition() async -> [UInt8] {
        let statistics = store.statistics
        var text = ""
        for (name, help, value) in [
            ("estiba_series", "Series that the store knows.", Int64(statistics.series)),
            ("estiba_series_blocks", "Sealed blocks of samples.", Int64(statistics.blocks)),
            ("estiba_series_block_bytes", "Bytes of all sealed blocks.", statistics.blockBytes),
        ] {
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n"
        }
        return Array(text.utf8)
    }
}
