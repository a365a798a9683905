import FoundationEssentials

/// A route: the ports it calls at, in order.
package struct Voyage: Sendable, Codable, Equatable {
    package var id: Int64
    package var ports: [String]

    package init(id: Int64, ports: [String]) {
        self.id = id
        self.ports = ports
    }
}

/// One stretch of a route.
package struct Leg: Sendable, Codable, Equatable {
    package let from: String
    package let to: String
    /// Nautical miles, rounded to a tenth.
    package let miles: Double
}

/// When a ship that leaves at a time with a speed gets to each port.
package struct Estimate: Sendable, Codable, Equatable {
    package let legs: [Leg]
    /// Nautical miles over all legs.
    package let miles: Double
    package let hours: Double
    package let arrivals: [Date]
    package var arrival: Date? { arrivals.last }

    /// - Parameters:
    ///   - speed: Knots, above zero.
    ///   - hoursInPort: How long the ship stays at each port between the first and the last.
    package static func make(ports: [Port], departure: Date, speed: Double, hoursInPort: Double = 0) -> Estimate {
        var legs: [Leg] = []
        var arrivals: [Date] = []
        var hours = 0.0
        for (start, end) in zip(ports, ports.dropFirst()) {
            let miles = GreatCircle.distance(from: start, to: end)
            if !legs.isEmpty { hours += hoursInPort }
            hours += miles / speed
            legs.append(Leg(from: start.locode, to: end.locode, miles: (miles * 10).rounded() / 10))
            arrivals.append(departure.addingTimeInterval((hours * 3600).rounded()))
        }
        let miles = legs.map(\.miles).reduce(0, +)
        return Estimate(
            legs: legs, miles: (miles * 10).rounded() / 10, hours: (hours * 100).rounded() / 100, arrivals: arrivals)
    }
}
