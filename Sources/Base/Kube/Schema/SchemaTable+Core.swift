extension SchemaTable {
    /// core/v1: the objects of a cluster other than pods.
    static let core = """
        @core.SessionAffinityConfig
        1 clientIP core.ClientIPConfig *
        @core.ClientIPConfig
        1 timeoutSeconds int *
        @core.ServiceStatus
        1 loadBalancer core.LoadBalancerStatus; 2 conditions []meta.Condition merge=type keys=type
        @core.LoadBalancerStatus
        1 ingress []core.LoadBalancerIngress atomic
        @core.LoadBalancerIngress
        1 ip string; 2 hostname string; 3 ipMode string *; 4 ports []core.PortStatus atomic
        @core.ServiceSpec
        1 ports []core.ServicePort merge=port keys=port,protocol; 2 selector {}string atomic; 3 clusterIP string;
        18 clusterIPs []string atomic; 4 type string; 5 externalIPs []string atomic; 7 sessionAffinity string;
        8 loadBalancerIP string; 9 loadBalancerSourceRanges []string atomic; 10 externalName string;
        11 externalTrafficPolicy string; 12 healthCheckNodePort int; 13 publishNotReadyAddresses bool;
        14 sessionAffinityConfig core.SessionAffinityConfig *; 19 ipFamilies []string atomic;
        17 ipFamilyPolicy string *; 20 allocateLoadBalancerNodePorts bool *; 21 loadBalancerClass string *;
        22 internalTrafficPolicy string *; 23 trafficDistribution string *
        @core.ServicePort
        1 name string; 2 protocol string; 6 appProtocol string *; 3 port int; 4 targetPort intstr;
        5 nodePort int
        @core.Service object
        1 metadata meta.ObjectMeta; 2 spec core.ServiceSpec; 3 status core.ServiceStatus
        @core.ServiceAccount object
        1 metadata meta.ObjectMeta; 2 secrets []core.ObjectReference merge=name keys=name;
        3 imagePullSecrets []core.LocalObjectReference atomic; 4 automountServiceAccountToken bool *
        @core.NodeSpec
        1 podCIDR string; 7 podCIDRs []string merge set; 3 providerID string; 4 unschedulable bool;
        5 taints []core.Taint atomic; 6 configSource core.NodeConfigSource *; 2 externalID string
        @core.NodeConfigSource
        2 configMap core.ConfigMapNodeConfigSource *
        @core.ConfigMapNodeConfigSource
        1 namespace string; 2 name string; 3 uid string; 4 resourceVersion string; 5 kubeletConfigKey string
        @core.DaemonEndpoint
        1 Port int
        @core.NodeDaemonEndpoints
        1 kubeletEndpoint core.DaemonEndpoint
        @core.NodeRuntimeHandlerFeatures
        1 recursiveReadOnlyMounts bool *; 2 userNamespaces bool *
        @core.NodeRuntimeHandler
        1 name string; 2 features core.NodeRuntimeHandlerFeatures *
        @core.NodeFeatures
        1 supplementalGroupsPolicy bool *
        @core.NodeSystemInfo
        1 machineID string; 2 systemUUID string; 3 bootID string; 4 kernelVersion string; 5 osImage string;
        6 containerRuntimeVersion string; 7 kubeletVersion string; 8 kubeProxyVersion string;
        9 operatingSystem string; 10 architecture string; 11 swap core.NodeSwapStatus *
        @core.NodeSwapStatus
        1 capacity int *
        @core.NodeConfigStatus
        1 assigned core.NodeConfigSource *; 2 active core.NodeConfigSource *;
        3 lastKnownGood core.NodeConfigSource *; 4 error string
        @core.NodeStatus
        1 capacity {}quantity; 2 allocatable {}quantity; 3 phase string;
        4 conditions []core.NodeCondition merge=type keys=type;
        5 addresses []core.NodeAddress merge=type keys=type; 6 daemonEndpoints core.NodeDaemonEndpoints;
        7 nodeInfo core.NodeSystemInfo; 8 images []core.ContainerImage atomic; 9 volumesInUse []string atomic;
        10 volumesAttached []core.AttachedVolume atomic; 11 config core.NodeConfigStatus *;
        12 runtimeHandlers []core.NodeRuntimeHandler atomic; 13 features core.NodeFeatures *;
        14 declaredFeatures []string atomic
        @core.AttachedVolume
        1 name string; 2 devicePath string
        @core.ContainerImage
        1 names []string atomic; 2 sizeBytes int
        @core.NodeCondition
        1 type string; 2 status string; 3 lastHeartbeatTime time; 4 lastTransitionTime time; 5 reason string;
        6 message string
        @core.NodeAddress
        1 type string; 2 address string
        @core.Node object
        1 metadata meta.ObjectMeta; 2 spec core.NodeSpec; 3 status core.NodeStatus
        @core.NamespaceSpec
        1 finalizers []string atomic
        @core.NamespaceStatus
        1 phase string; 2 conditions []core.NamespaceCondition merge=type keys=type
        @core.NamespaceCondition
        1 type string; 2 status string; 4 lastTransitionTime time; 5 reason string; 6 message string
        @core.Namespace object
        1 metadata meta.ObjectMeta; 2 spec core.NamespaceSpec; 3 status core.NamespaceStatus
        @core.Binding object
        1 metadata meta.ObjectMeta; 2 target core.ObjectReference
        @core.EventSource
        1 component string; 2 host string
        @core.Event object
        1 metadata meta.ObjectMeta; 2 involvedObject core.ObjectReference; 3 reason string; 4 message string;
        5 source core.EventSource; 6 firstTimestamp time; 7 lastTimestamp time; 8 count int; 9 type string;
        10 eventTime micro; 11 series core.EventSeries *; 12 action string; 13 related core.ObjectReference *;
        14 reportingComponent string; 15 reportingInstance string
        @core.EventSeries
        1 count int; 2 lastObservedTime micro
        @core.Secret object
        1 metadata meta.ObjectMeta; 5 immutable bool *; 2 data {}bytes; 4 stringData {}string; 3 type string
        @core.ConfigMap object
        1 metadata meta.ObjectMeta; 4 immutable bool *; 2 data {}string; 3 binaryData {}bytes
        @core.PortStatus
        1 port int; 2 protocol string; 3 error string *
        @core.NodeAllocatableResourceClaimStatus
        1 resourceClaimName string; 2 containers []string set; 3 resources {}quantity
        """
}
