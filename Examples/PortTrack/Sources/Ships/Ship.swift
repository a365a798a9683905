import FoundationEssentials

/// A vessel.
public struct Ship: Sendable, Codable, Equatable {
    public var imo: IMONumber
    public var name: String
    public var type: ShipType
    /// The flag state: two letters of ISO 3166-1.
    public var flag: String
    /// The last position reported, if any.
    public var position: Position?

    public init(imo: IMONumber, name: String, type: ShipType, flag: String, position: Position? = nil) {
        self.imo = imo
        self.name = name
        self.type = type
        self.flag = flag
        self.position = position
    }
}

/// What a vessel is built for.
public enum ShipType: String, Sendable, Codable, CaseIterable {
    case bulk, container, ferry, general, passenger, tanker, tug
}

/// Where a vessel was: degrees north and east, knots, degrees from north.
public struct Position: Sendable, Codable, Equatable {
    public var latitude: Double
    public var longitude: Double
    public var speed: Double?
    public var course: Double?
    public var at: Date

    public init(latitude: Double, longitude: Double, speed: Double? = nil, course: Double? = nil, at: Date) {
        self.latitude = latitude
        self.longitude = longitude
        self.speed = speed
        self.course = course
        self.at = at
    }
}

/// A call at a port, by its UN/LOCODE.
public struct Arrival: Sendable, Codable, Equatable {
    public var port: String
    public var at: Date

    public init(port: String, at: Date) {
        self.port = port
        self.at = at
    }
}
