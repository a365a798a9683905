extension SchemaTable {
    /// gateway.networking.k8s.io/v1. These kinds travel as JSON only, so that their field numbers are 0.
    static let gateway = """
        @gateway.GatewayClass object
        0 metadata meta.ObjectMeta; 0 spec gateway.GatewayClassSpec; 0 status gateway.GatewayClassStatus
        @gateway.GatewayClassSpec
        0 controllerName string; 0 parametersRef gateway.ParametersReference *; 0 description string *
        @gateway.ParametersReference
        0 group string; 0 kind string; 0 name string; 0 namespace string *
        @gateway.GatewayClassStatus
        0 conditions []meta.Condition keys=type; 0 supportedFeatures []gateway.Feature keys=name
        @gateway.Feature
        0 name string
        @gateway.Gateway object
        0 metadata meta.ObjectMeta; 0 spec gateway.GatewaySpec; 0 status gateway.GatewayStatus
        @gateway.GatewaySpec
        0 gatewayClassName string; 0 listeners []gateway.Listener keys=name; 0 addresses []gateway.Address atomic;
        0 infrastructure gateway.Infrastructure *; 0 allowedListeners gateway.AllowedListeners *; 0 tls raw *
        @gateway.Infrastructure
        0 labels {}string; 0 annotations {}string; 0 parametersRef gateway.ParametersReference *
        @gateway.AllowedListeners
        0 namespaces gateway.RouteNamespaces *
        @gateway.Address
        0 type string *; 0 value string
        @gateway.Listener
        0 name string; 0 hostname string *; 0 port int; 0 protocol string; 0 tls gateway.ListenerTLS *;
        0 allowedRoutes gateway.AllowedRoutes *
        @gateway.ListenerTLS
        0 mode string *; 0 certificateRefs []gateway.SecretObjectReference atomic; 0 frontendValidation raw *;
        0 options {}string
        @gateway.SecretObjectReference
        0 group string *; 0 kind string *; 0 name string; 0 namespace string *
        @gateway.AllowedRoutes
        0 namespaces gateway.RouteNamespaces *; 0 kinds []gateway.RouteGroupKind atomic
        @gateway.RouteNamespaces
        0 from string *; 0 selector meta.LabelSelector *
        @gateway.RouteGroupKind
        0 group string *; 0 kind string
        @gateway.GatewayStatus
        0 addresses []gateway.Address atomic; 0 conditions []meta.Condition keys=type;
        0 listeners []gateway.ListenerStatus keys=name; 0 attachedListenerSets int *
        @gateway.ListenerStatus
        0 name string; 0 supportedKinds []gateway.RouteGroupKind atomic; 0 attachedRoutes int;
        0 conditions []meta.Condition keys=type
        @gateway.HTTPRoute object
        0 metadata meta.ObjectMeta; 0 spec gateway.HTTPRouteSpec; 0 status gateway.RouteStatus
        @gateway.HTTPRouteSpec
        0 parentRefs []gateway.ParentReference atomic; 0 hostnames []string atomic; 0 useDefaultGateways string *;
        0 rules []gateway.HTTPRouteRule atomic
        @gateway.ParentReference
        0 group string *; 0 kind string *; 0 namespace string *; 0 name string; 0 sectionName string *; 0 port int *
        @gateway.HTTPRouteRule
        0 name string *; 0 matches []gateway.HTTPRouteMatch atomic; 0 filters []gateway.HTTPRouteFilter atomic;
        0 backendRefs []gateway.HTTPBackendRef atomic; 0 timeouts gateway.HTTPRouteTimeouts *;
        0 retry gateway.HTTPRouteRetry *; 0 sessionPersistence gateway.SessionPersistence *
        @gateway.HTTPRouteMatch
        0 path gateway.HTTPPathMatch *; 0 headers []gateway.HTTPNameMatch keys=name;
        0 queryParams []gateway.HTTPNameMatch keys=name; 0 method string *
        @gateway.HTTPPathMatch
        0 type string *; 0 value string *
        @gateway.HTTPNameMatch
        0 type string *; 0 name string; 0 value string
        @gateway.HTTPRouteFilter
        0 type string; 0 requestHeaderModifier gateway.HTTPHeaderFilter *;
        0 responseHeaderModifier gateway.HTTPHeaderFilter *; 0 requestMirror gateway.HTTPRequestMirrorFilter *;
        0 requestRedirect gateway.HTTPRequestRedirectFilter *; 0 urlRewrite gateway.HTTPURLRewriteFilter *;
        0 cors gateway.HTTPCORSFilter *; 0 externalAuth raw *; 0 extensionRef gateway.ParametersReference *
        @gateway.HTTPHeaderFilter
        0 set []gateway.HTTPHeader keys=name; 0 add []gateway.HTTPHeader keys=name; 0 remove []string set
        @gateway.HTTPHeader
        0 name string; 0 value string
        @gateway.HTTPRequestMirrorFilter
        0 backendRef gateway.BackendObjectReference; 0 percent int *; 0 fraction gateway.Fraction *
        @gateway.Fraction
        0 numerator int; 0 denominator int *
        @gateway.BackendObjectReference
        0 group string *; 0 kind string *; 0 name string; 0 namespace string *; 0 port int *
        @gateway.HTTPRequestRedirectFilter
        0 scheme string *; 0 hostname string *; 0 path gateway.HTTPPathModifier *; 0 port int *; 0 statusCode int *
        @gateway.HTTPURLRewriteFilter
        0 hostname string *; 0 path gateway.HTTPPathModifier *
        @gateway.HTTPPathModifier
        0 type string; 0 replaceFullPath string *; 0 replacePrefixMatch string *
        @gateway.HTTPCORSFilter
        0 allowOrigins []string set; 0 allowCredentials bool *; 0 allowMethods []string set;
        0 allowHeaders []string set; 0 exposeHeaders []string set; 0 maxAge int
        @gateway.HTTPBackendRef
        0 group string *; 0 kind string *; 0 name string; 0 namespace string *; 0 port int *; 0 weight int *;
        0 filters []gateway.HTTPRouteFilter atomic
        @gateway.HTTPRouteTimeouts
        0 request string *; 0 backendRequest string *
        @gateway.HTTPRouteRetry
        0 codes []int atomic; 0 attempts int *; 0 backoff string *
        @gateway.SessionPersistence
        0 sessionName string *; 0 absoluteTimeout string *; 0 idleTimeout string *; 0 type string *; 0 cookieConfig raw *
        @gateway.RouteStatus
        0 parents []gateway.RouteParentStatus atomic
        @gateway.RouteParentStatus
        0 parentRef gateway.ParentReference; 0 controllerName string; 0 conditions []meta.Condition keys=type
        """
}
