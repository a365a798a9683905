import Problems
import Syntax

/// `COPY [--from --chown --chmod --link] source… destination` and `ADD` likewise.
enum CopyParser {
    static func parse(_ cursor: inout InstructionCursor) throws -> Instruction.Copy {
        let isAdd = cursor.keyword == "ADD"
        var known: [String: InstructionCursor.Flag] = [
            "chown": .value, "chmod": .value, "link": .presence,
            "parents": .unsupported("Copy each directory by its own COPY."),
            "exclude": .unsupported("List what to leave out in .dockerignore."),
        ]
        if isAdd {
            known["checksum"] = .unsupported("Download the file in a RUN step and check it there with sha256sum.")
            known["keep-git-dir"] = .unsupported("Copy from a checkout.")
            known["unpack"] = .unsupported("Use COPY to keep an archive as it is.")
        } else {
            known["from"] = .value
        }
        let flags = try cursor.flags(known)
        var copy = Instruction.Copy(unpacks: isAdd)
        copy.from = flags["from"]
        copy.owner = flags["chown"]
        copy.mode = flags["chmod"]
        var words: [Word]
        if let items = try cursor.jsonArray(orShell: false) {
            let range = cursor.line.sourceRange(cursor.rest)
            words = items.map { Word(text: quoted($0), range: range) }
        } else {
            words = cursor.words().map(cursor.line.word)
        }
        guard words.count > 1, let destination = words.popLast() else {
            throw cursor.missing("at least one source and a destination", example: "\(cursor.keyword) src/ /app/")
        }
        copy.destination = destination
        var heredocs = cursor.line.heredocs[...]
        for word in words {
            if HeredocMark(word.text) != nil, let text = heredocs.popFirst() {
                copy.inline.append(text)
            } else {
                copy.sources.append(word)
            }
        }
        if isAdd, let word = copy.sources.first(where: { $0.text.contains("://") || $0.text.hasPrefix("git@") }) {
            throw Diagnostic(
                "images.dockerfile.unsupported", "ADD does not download",
                at: cursor.line.source.location(word.range),
                remedy: "Put the file into the context, or download it in a RUN step.", category: .unsupported)
        }
        return copy
    }

    /// In the JSON form, white space and quotes are a part of the name; variables are replaced all the same.
    private static func quoted(_ text: String) -> String {
        text.contains { $0.isWhitespace || $0 == "\"" || $0 == "'" || $0 == "\\" }
            ? "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" : text
    }
}
