extension SchemaTable {
    /// The API groups other than core.
    static let groups = """
        @apps.Deployment object
        1 metadata meta.ObjectMeta; 2 spec apps.DeploymentSpec; 3 status apps.DeploymentStatus
        @apps.DeploymentSpec
        1 replicas int *; 2 selector meta.LabelSelector *; 3 template core.PodTemplateSpec;
        4 strategy apps.DeploymentStrategy retain; 5 minReadySeconds int; 6 revisionHistoryLimit int *;
        7 paused bool; 9 progressDeadlineSeconds int *
        @apps.DeploymentStrategy
        1 type string; 2 rollingUpdate apps.RollingUpdateDeployment *
        @apps.RollingUpdateDeployment
        1 maxUnavailable intstr *; 2 maxSurge intstr *
        @apps.DeploymentStatus
        1 observedGeneration int; 2 replicas int; 3 updatedReplicas int; 7 readyReplicas int;
        4 availableReplicas int; 5 unavailableReplicas int; 9 terminatingReplicas int *;
        6 conditions []apps.DeploymentCondition merge=type keys=type; 8 collisionCount int *
        @apps.DeploymentCondition
        1 type string; 2 status string; 6 lastUpdateTime time; 7 lastTransitionTime time; 4 reason string;
        5 message string
        @apps.ReplicaSet object
        1 metadata meta.ObjectMeta; 2 spec apps.ReplicaSetSpec; 3 status apps.ReplicaSetStatus
        @apps.ReplicaSetSpec
        1 replicas int *; 4 minReadySeconds int; 2 selector meta.LabelSelector *;
        3 template core.PodTemplateSpec
        @apps.ReplicaSetStatus
        1 replicas int; 2 fullyLabeledReplicas int; 4 readyReplicas int; 5 availableReplicas int;
        7 terminatingReplicas int *; 3 observedGeneration int;
        6 conditions []apps.ReplicaSetCondition merge=type keys=type
        @apps.ReplicaSetCondition
        1 type string; 2 status string; 3 lastTransitionTime time; 4 reason string; 5 message string
        @autoscaling.Scale object
        1 metadata meta.ObjectMeta; 2 spec autoscaling.ScaleSpec; 3 status autoscaling.ScaleStatus
        @autoscaling.ScaleSpec
        1 replicas int
        @autoscaling.ScaleStatus
        1 replicas int; 2 selector string
        @policy.Eviction object
        1 metadata meta.ObjectMeta; 2 deleteOptions meta.DeleteOptions *
        @coordination.Lease object
        1 metadata meta.ObjectMeta; 2 spec coordination.LeaseSpec
        @coordination.LeaseSpec
        1 holderIdentity string *; 2 leaseDurationSeconds int *; 3 acquireTime micro *; 4 renewTime micro *;
        5 leaseTransitions int *; 6 strategy string *; 7 preferredHolder string *
        @discovery.EndpointSlice object
        1 metadata meta.ObjectMeta; 4 addressType string; 2 endpoints []discovery.Endpoint atomic;
        3 ports []discovery.EndpointPort atomic
        @discovery.Endpoint
        1 addresses []string set; 2 conditions discovery.EndpointConditions; 3 hostname string *;
        4 targetRef core.ObjectReference *; 5 deprecatedTopology {}string; 6 nodeName string *; 7 zone string *;
        8 hints discovery.EndpointHints *
        @discovery.EndpointConditions
        1 ready bool *; 2 serving bool *; 3 terminating bool *
        @discovery.EndpointHints
        1 forZones []discovery.ForZone atomic; 2 forNodes []discovery.ForNode atomic
        @discovery.ForZone
        1 name string
        @discovery.ForNode
        1 name string
        @discovery.EndpointPort
        1 name string *; 2 protocol string *; 3 port int *; 4 appProtocol string *
        @authentication.UserInfo
        1 username string; 2 uid string; 3 groups []string atomic; 4 extra {}[]string
        @authentication.SelfSubjectReview object
        1 metadata meta.ObjectMeta; 2 status authentication.SelfSubjectReviewStatus
        @authentication.SelfSubjectReviewStatus
        1 userInfo authentication.UserInfo
        @authorization.SelfSubjectAccessReview object
        1 metadata meta.ObjectMeta; 2 spec authorization.SelfSubjectAccessReviewSpec;
        3 status authorization.SubjectAccessReviewStatus
        @authorization.ResourceAttributes
        1 namespace string; 2 verb string; 3 group string; 4 version string; 5 resource string;
        6 subresource string; 7 name string; 8 fieldSelector authorization.FieldSelectorAttributes *;
        9 labelSelector authorization.LabelSelectorAttributes *
        @authorization.LabelSelectorAttributes
        1 rawSelector string; 2 requirements []meta.LabelSelectorRequirement atomic
        @authorization.FieldSelectorAttributes
        1 rawSelector string; 2 requirements []meta.FieldSelectorRequirement atomic
        @authorization.NonResourceAttributes
        1 path string; 2 verb string
        @authorization.SelfSubjectAccessReviewSpec
        1 resourceAttributes authorization.ResourceAttributes *;
        2 nonResourceAttributes authorization.NonResourceAttributes *
        @authorization.SubjectAccessReviewStatus
        1 allowed bool; 4 denied bool; 2 reason string; 3 evaluationError string
        """
}
