import Kube

/// The values that the kinds of the Gateway API leave out.
///
/// https://gateway-api.sigs.k8s.io/reference/spec/
enum GatewayDefaults {
    static func gatewayClass(_ object: inout JSON) {
        object.fill("status", ["conditions": [pending("Accepted")]])
    }

    static func gateway(_ object: inout JSON) {
        object.update("spec") { spec in
            spec.updateEach("listeners") { listener in
                listener.fill("allowedRoutes", [:])
                listener.update("allowedRoutes") { routes in
                    routes.fill("namespaces", [:])
                    routes.update("namespaces") { $0.fill("from", "Same") }
                }
                listener.update("tls") { tls in
                    tls.fill("mode", "Terminate")
                    tls.updateEach("certificateRefs") { reference in
                        reference.fill("group", "")
                        reference.fill("kind", "Secret")
                    }
                }
            }
        }
        object.fill("status", ["conditions": [pending("Accepted"), pending("Programmed")]])
    }

    static func httpRoute(_ object: inout JSON) {
        object.fill("spec", [:])
        object.update("spec") { spec in
            spec.updateEach("parentRefs") { parent in
                parent.fill("group", "gateway.networking.k8s.io")
                parent.fill("kind", "Gateway")
            }
            spec.fill("rules", [["matches": [["path": ["type": "PathPrefix", "value": "/"]]]]])
            spec.updateEach("rules", rule)
        }
    }

    private static func rule(_ rule: inout JSON) {
        rule.fill("matches", [["path": ["type": "PathPrefix", "value": "/"]]])
        rule.updateEach("matches") { match in
            match.fill("path", [:])
            match.update("path") { path in
                path.fill("type", "PathPrefix")
                path.fill("value", "/")
            }
            match.updateEach("headers") { $0.fill("type", "Exact") }
            match.updateEach("queryParams") { $0.fill("type", "Exact") }
        }
        rule.updateEach("backendRefs") { backend in
            backend.fill("group", "")
            backend.fill("kind", "Service")
            backend.fill("weight", 1)
            backend.updateEach("filters", filter)
        }
        rule.updateEach("filters", filter)
    }

    private static func filter(_ filter: inout JSON) {
        filter.update("requestRedirect") { $0.fill("statusCode", 302) }
        filter.update("requestMirror") { mirror in
            mirror.update("backendRef") { backend in
                backend.fill("group", "")
                backend.fill("kind", "Service")
            }
        }
    }

    private static func pending(_ type: String) -> JSON {
        [
            "type": .string(type), "status": "Unknown", "reason": "Pending", "message": "Waiting for controller",
            "lastTransitionTime": "1970-01-01T00:00:00Z",
        ]
    }
}
