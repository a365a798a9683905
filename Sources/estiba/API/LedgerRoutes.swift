import Delivery
import Foundation
import Hummingbird
import Problems
import Releases
import Web

/// What the record knows: why a release is as it is, and how well delivery goes.
struct LedgerRoutes: Sendable {
    let explainer: Explainer
    let keys: KeyLedger

    func add(to router: WebRouter) {
        let api = router.group("/api/v1")
        api.get("/releases/{release}/explanation") { _, context -> Response in
            let text = context.parameters.get("release") ?? ""
            guard let release = ReleaseID(text) else {
                throw PlainProblem(
                    "api.release", "\"\(text)\" is not a release", remedy: "Write it as APP-42.", category: .invalid)
            }
            return try .json(await explainer.explain(release))
        }
        api.get("/dora") { request, _ -> Response in
            let query = request.uri.queryParameters
            let days = query["days"].flatMap { Double($0) } ?? KeyLedger.defaultDays
            guard days > 0, days.isFinite else {
                throw PlainProblem("api.days", "\"days\" must be above 0", category: .invalid)
            }
            let app = query["app"].map { String($0) }
            let environment = query["env"].map { String($0) }
            return try .json(
                await keys.keys(days: days).filter {
                    (app == nil || $0.app.value == app) && (environment == nil || $0.environment.value == environment)
                })
        }
    }
}
