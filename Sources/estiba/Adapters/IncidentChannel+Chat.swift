import Alerts
import Chat

/// Incidents are told in the channel.
extension OpsChannel: IncidentChannel {}
