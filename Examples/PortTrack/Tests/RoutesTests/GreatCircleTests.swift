import FoundationEssentials
import Glibc
import Routes
import Testing

@Suite("distances and estimates")
struct GreatCircleTests {
    func port(_ code: String) throws -> Port { try #require(Port.all[code]) }

    /// The angle between two places as vectors from the Earth's centre, which shares nothing with the haversine formula.
    func angle(_ start: Port, _ end: Port) -> Double {
        func vector(_ port: Port) -> (Double, Double, Double) {
            let latitude = port.latitude * .pi / 180
            let longitude = port.longitude * .pi / 180
            return (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
        }
        let (a, b) = (vector(start), vector(end))
        let cross = (a.1 * b.2 - a.2 * b.1, a.2 * b.0 - a.0 * b.2, a.0 * b.1 - a.1 * b.0)
        let length = (cross.0 * cross.0 + cross.1 * cross.1 + cross.2 * cross.2).squareRoot()
        return atan2(length, a.0 * b.0 + a.1 * b.1 + a.2 * b.2)
    }

    @Test("distances agree with the angle between vectors, for every pair of ports")
    func distances() {
        for start in Port.all.values {
            for end in Port.all.values {
                let miles = angle(start, end) * 6371.0088 / 1.852
                #expect(abs(GreatCircle.distance(from: start, to: end) - miles) < 1e-6)
            }
        }
    }

    @Test("a distance is the same in both directions, and zero to itself")
    func symmetry() throws {
        let algeciras = try port("ESALG")
        let sydney = try port("AUSYD")
        #expect(
            abs(GreatCircle.distance(from: algeciras, to: sydney) - GreatCircle.distance(from: sydney, to: algeciras))
                < 1e-9)
        #expect(GreatCircle.distance(from: sydney, to: sydney) == 0)
    }

    @Test("no two ports are further apart than half the globe")
    func halfGlobe() {
        for start in Port.all.values {
            for end in Port.all.values { #expect(GreatCircle.distance(from: start, to: end) < 10_808) }
        }
    }

    @Test("every code is a UN/LOCODE and every place is on the globe")
    func table() {
        #expect(Port.all.count == 24)
        for port in Port.all.values {
            #expect(port.locode.utf8.count == 5 && abs(port.latitude) <= 90 && abs(port.longitude) <= 180)
        }
    }

    @Test("an estimate adds the legs, and the time in port between them")
    func estimate() throws {
        let ports = try ["ESALG", "ESVLC", "ESBCN"].map(port)
        let departure = Date(timeIntervalSince1970: 1_767_225_600)
        let nonstop = Estimate.make(ports: ports, departure: departure, speed: 10)
        let calling = Estimate.make(ports: ports, departure: departure, speed: 10, hoursInPort: 12)
        #expect(nonstop.legs.map(\.to) == ["ESVLC", "ESBCN"])
        #expect(abs(nonstop.hours - nonstop.miles / 10) < 0.02)
        #expect(abs(calling.hours - nonstop.hours - 12) < 0.01)
        #expect(nonstop.arrivals.count == 2 && nonstop.arrivals[0] == calling.arrivals[0])
    }

    @Test("twice the speed takes half the time")
    func speed() throws {
        let ports = try ["BRSSZ", "ZACPT"].map(port)
        let departure = Date(timeIntervalSince1970: 0)
        let slow = Estimate.make(ports: ports, departure: departure, speed: 10)
        let fast = Estimate.make(ports: ports, departure: departure, speed: 20)
        #expect(abs(slow.hours - 2 * fast.hours) < 0.02)
    }
}
