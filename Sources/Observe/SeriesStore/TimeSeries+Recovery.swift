import Glibc

/// Reading a folder at the start.
extension TimeSeries {
    /// The file with the labels of all series.
    static func seriesPath(_ folder: String) -> String { folder + "/series" }

    static func recover(_ folder: String, _ options: Options, _ recovery: inout Recovery) throws -> sending State {
        var index = SeriesIndex()
        let seriesPath = seriesPath(folder)
        let (good, size) = try RecordFile.read(seriesPath) { payload in
            SeriesRecord.decode(payload) { number, labels in index.insert(labels, as: number) }
        }
        recovery.tornBytes += size - good
        recovery.series = index.count

        let blocks = try blocks(in: folder, &recovery)
        let sealedThrough = blocks.last?.window.upperBound ?? .min

        var heads = Heads(window: options.window)
        var replay = WriteAheadLog.Replay()
        var count = 0
        let log = try WriteAheadLog.open(folder, replay: &replay) { number, time, value in
            guard time >= sealedThrough, index.labels(of: number) != nil else { return }
            heads.insert(number, time, value)
            count += 1
        }
        recovery.samples = count
        recovery.tornBytes += replay.tornBytes
        // A number that the log mentions is never given to another series, even if its labels were lost.
        if replay.records > 0 { index.skip(to: replay.maximumNumber + 1) }
        return State(
            index: index, heads: heads, blocks: blocks, sealedThrough: sealedThrough, log: log,
            seriesLog: try RecordFile(path: seriesPath, size: good))
    }

    private static func blocks(in folder: String, _ recovery: inout Recovery) throws -> [Block] {
        var blocks: [Block] = []
        for name in try Folder.names(folder) {
            let path = folder + "/" + name
            if name.hasSuffix(".new") {
                // Left by a crash before it had its name; what it was made from is still in the log.
                unlink(path)
                continue
            }
            guard name.hasPrefix("block-") else { continue }
            do {
                blocks.append(try Block(path: path))
            } catch SeriesStoreProblem.damaged {
                recovery.damagedBlocks.append(path)
            }
        }
        return blocks.sorted { $0.window.lowerBound < $1.window.lowerBound }
    }
}
