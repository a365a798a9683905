import PromQL

/// A sample on its way into the store.
package struct Sample: Sendable, Equatable {
    package var series: SeriesReference
    /// Milliseconds since 1970.
    package var time: Int64
    package var value: Double

    package init(_ series: SeriesReference, _ time: Int64, _ value: Double) {
        self.series = series
        self.time = time
        self.value = value
    }
}

/// A series of one store, for as long as the store is open. Cheaper to append by than labels.
package struct SeriesReference: Hashable, Sendable {
    let number: UInt32
}

/// The forms of records in the logs.
enum SampleRecord {
    /// Samples: their count, the first one's time, then the differences in number and time, and the values.
    static func encode(_ samples: [Sample], into writer: inout ByteWriter) {
        writer.removeAll()
        writer.unsigned(UInt64(samples.count))
        var number: Int64 = 0
        var time: Int64 = 0
        for sample in samples {
            writer.signed(Int64(sample.series.number) - number)
            writer.signed(sample.time &- time)
            writer.float(sample.value)
            number = Int64(sample.series.number)
            time = sample.time
        }
    }

    static func decode(_ payload: UnsafeRawBufferPointer, _ body: (UInt32, Int64, Double) -> Void) {
        var reader = ByteReader(payload)
        guard let count = reader.unsigned() else { return }
        var number: Int64 = 0
        var time: Int64 = 0
        for _ in 0..<count {
            guard let step = reader.signed(), let delta = reader.signed(), let value = reader.float() else { return }
            number += step
            time = time &+ delta
            guard let valid = UInt32(exactly: number) else { return }
            body(valid, time, value)
        }
    }
}

enum SeriesRecord {
    static func encode(_ series: [(number: UInt32, labels: LabelSet)], into writer: inout ByteWriter) {
        writer.removeAll()
        for one in series {
            writer.unsigned(UInt64(one.number))
            writer.unsigned(UInt64(one.labels.bytes.count))
            writer.raw(one.labels.bytes)
        }
    }

    static func decode(_ payload: UnsafeRawBufferPointer, _ body: (UInt32, LabelSet) -> Void) {
        var reader = ByteReader(payload)
        while let number = reader.unsigned(), let length = reader.unsigned(),
            let bytes = reader.raw(Int(truncatingIfNeeded: length))
        {
            guard let valid = UInt32(exactly: number) else { return }
            body(valid, LabelSet(encoded: Array(bytes)))
        }
    }
}
