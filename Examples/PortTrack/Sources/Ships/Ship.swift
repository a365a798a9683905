import FoundationEssentials

/// A vessel.
package struct Ship: Sendable, Codable, Equatable {
    package var imo: IMONumber
    package var name: String
    package var type: ShipType
    /// The flag state: two letters of ISO 3166-1.
    package var flag: String
    /// The last position reported, if any.
    package var position: Position?

    package init(imo: IMONumber, name: String, type: ShipType, flag: String, position: Position? = nil) {
        self.imo = imo
        self.name = name
        self.type = type
        self.flag = flag
        self.position = position
    }
}

/// What a vessel is built for.
package enum ShipType: String, Sendable, Codable, CaseIterable {
    case bulk, container, ferry, general, passenger, tanker, tug
}

/// Where a vessel was: degrees north and east, knots, degrees from north.
package struct Position: Sendable, Codable, Equatable {
    package var latitude: Double
    package var longitude: Double
    package var speed: Double?
    package var course: Double?
    package var at: Date

    package init(latitude: Double, longitude: Double, speed: Double? = nil, course: Double? = nil, at: Date) {
        self.latitude = latitude
        self.longitude = longitude
        self.speed = speed
        self.course = course
        self.at = at
    }
}

/// A call at a port, by its UN/LOCODE.
package struct Arrival: Sendable, Codable, Equatable {
    package var port: String
    package var at: Date

    package init(port: String, at: Date) {
        self.port = port
        self.at = at
    }
}
