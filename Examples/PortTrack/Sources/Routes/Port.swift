/// A port: its UN/LOCODE, its name, and where it lies in degrees north and east.
package struct Port: Sendable, Codable, Equatable {
    package let locode: String
    package let name: String
    package let latitude: Double
    package let longitude: Double

    /// The ports that the service knows, by code.
    package static let all: [String: Port] = Dictionary(uniqueKeysWithValues: table.map { ($0.locode, $0) })

    private static let table: [Port] = [
        Port("ESALG", "Algeciras", 36.13, -5.43), Port("ESBCN", "Barcelona", 41.35, 2.16),
        Port("ESVLC", "Valencia", 39.44, -0.32), Port("ESBIO", "Bilbao", 43.35, -3.05),
        Port("ESLPA", "Las Palmas", 28.14, -15.41), Port("PTSIE", "Sines", 37.95, -8.87),
        Port("NLRTM", "Rotterdam", 51.95, 4.14), Port("BEANR", "Antwerpen", 51.27, 4.34),
        Port("DEHAM", "Hamburg", 53.54, 9.96), Port("FRLEH", "Le Havre", 49.48, 0.11),
        Port("GBFXT", "Felixstowe", 51.95, 1.31), Port("ITGOA", "Genova", 44.40, 8.92),
        Port("GRPIR", "Piraeus", 37.94, 23.62), Port("MAPTM", "Tanger Med", 35.89, -5.50),
        Port("USNYC", "New York", 40.67, -74.04), Port("USLAX", "Los Angeles", 33.74, -118.26),
        Port("BRSSZ", "Santos", -23.98, -46.29), Port("PABLB", "Balboa", 8.96, -79.57),
        Port("SGSIN", "Singapore", 1.26, 103.82), Port("CNSHA", "Shanghai", 31.23, 121.49),
        Port("JPYOK", "Yokohama", 35.45, 139.66), Port("AUSYD", "Sydney", -33.86, 151.20),
        Port("ZACPT", "Cape Town", -33.91, 18.43), Port("INNSA", "Nhava Sheva", 18.95, 72.95),
    ]

    init(_ locode: String, _ name: String, _ latitude: Double, _ longitude: Double) {
        self.locode = locode
        self.name = name
        self.latitude = latitude
        self.longitude = longitude
    }
}
