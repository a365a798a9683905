extension DeliveryEvent {
    /// `by ada`; nil where it was Estiba itself, or where the message says so already.
    package var byline: String? {
        let byline = "by \(actor)"
        return actor == "estiba" || message.hasSuffix(byline) ? nil : byline
    }
}
