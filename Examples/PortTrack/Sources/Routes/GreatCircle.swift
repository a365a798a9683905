#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Distances over a sphere with the Earth's mean radius.
package enum GreatCircle {
    /// Nautical miles: 6371.0088 km divided by 1.852 km.
    static let radius = 6371.0088 / 1.852

    /// The shortest distance between two places in nautical miles, by the haversine formula, which stays exact for
    /// small distances.
    package static func distance(from start: Port, to end: Port) -> Double {
        let degree = Double.pi / 180
        let latitude = (end.latitude - start.latitude) * degree
        let longitude = (end.longitude - start.longitude) * degree
        let haversine =
            sin(latitude / 2) * sin(latitude / 2)
            + cos(start.latitude * degree) * cos(end.latitude * degree) * sin(longitude / 2) * sin(longitude / 2)
        return 2 * radius * asin(min(1, haversine.squareRoot()))
    }
}
