import FoundationEssentials
import PortKit

/// What a client sends to register a ship.
struct ShipInput: Decodable {
    var imo: String
    var name: String
    var type: String
    var flag: String

    func ship() throws -> Ship {
        var validation = Validation()
        var number: IMONumber?
        do throws(IMONumber.Mistake) { number = try IMONumber(imo) } catch { validation.report("imo", error.message) }
        let trimmed = name.split(separator: " ").joined(separator: " ")
        validation.check("name", (1...80).contains(trimmed.count), "must have 1 to 80 characters")
        let kind = ShipType(rawValue: type)
        validation.check(
            "type", kind != nil, "must be one of \(ShipType.allCases.map(\.rawValue).joined(separator: ", "))")
        validation.check(
            "flag", flag.utf8.count == 2 && flag.utf8.allSatisfy { (0x41...0x5A).contains($0) },
            "must be two capital letters (ISO 3166-1)")
        try validation.finish()
        guard let number, let kind else { throw InputError.mistakes([:]) }
        return Ship(imo: number, name: trimmed, type: kind, flag: flag)
    }
}

extension Position {
    func validate(now: Date) throws {
        var validation = Validation()
        validation.check("latitude", (-90...90).contains(latitude), "must be from -90 to 90")
        validation.check("longitude", (-180...180).contains(longitude), "must be from -180 to 180")
        validation.check("speed", speed.map { (0...60).contains($0) } ?? true, "must be from 0 to 60 knots")
        validation.check("course", course.map { (0..<360).contains($0) } ?? true, "must be from 0 to 360 degrees")
        validation.check("at", at <= now.addingTimeInterval(300), "lies in the future")
        try validation.finish()
    }
}

extension Arrival {
    func validate() throws {
        var validation = Validation()
        let bytes = Array(port.utf8)
        validation.check(
            "port",
            bytes.count == 5 && bytes.prefix(2).allSatisfy { (0x41...0x5A).contains($0) }
                && bytes.dropFirst(2).allSatisfy { (0x41...0x5A).contains($0) || (0x32...0x39).contains($0) },
            "must be a UN/LOCODE such as ESALG")
        try validation.finish()
    }
}
