extension SchemaTable {
    /// core/v1: pods and what they are made of.
    static let pods = """
        @core.ContainerPort
        1 name string; 2 hostPort int; 3 containerPort int; 4 protocol string; 5 hostIP string
        @core.VolumeMount
        1 name string; 2 readOnly bool; 7 recursiveReadOnly string *; 3 mountPath string; 4 subPath string;
        5 mountPropagation string *; 6 subPathExpr string
        @core.VolumeDevice
        1 name string; 2 devicePath string
        @core.EnvVar
        1 name string; 2 value string; 3 valueFrom core.EnvVarSource *
        @core.EnvVarSource
        1 fieldRef core.ObjectFieldSelector *; 2 resourceFieldRef core.ResourceFieldSelector *;
        3 configMapKeyRef core.ConfigMapKeySelector *; 4 secretKeyRef core.SecretKeySelector *;
        5 fileKeyRef core.FileKeySelector *
        @core.FileKeySelector
        1 volumeName string; 2 path string; 3 key string; 4 optional bool *
        @core.ObjectFieldSelector
        1 apiVersion string; 2 fieldPath string
        @core.ResourceFieldSelector
        1 containerName string; 2 resource string; 3 divisor quantity
        @core.ConfigMapKeySelector
        1 LocalObjectReference core.LocalObjectReference inline; 2 key string; 3 optional bool *
        @core.SecretKeySelector
        1 LocalObjectReference core.LocalObjectReference inline; 2 key string; 3 optional bool *
        @core.EnvFromSource
        1 prefix string; 2 configMapRef core.ConfigMapEnvSource *; 3 secretRef core.SecretEnvSource *
        @core.ConfigMapEnvSource
        1 LocalObjectReference core.LocalObjectReference inline; 2 optional bool *
        @core.SecretEnvSource
        1 LocalObjectReference core.LocalObjectReference inline; 2 optional bool *
        @core.HTTPHeader
        1 name string; 2 value string
        @core.HTTPGetAction
        1 path string; 2 port intstr; 3 host string; 4 scheme string; 5 httpHeaders []core.HTTPHeader atomic
        @core.TCPSocketAction
        1 port intstr; 2 host string
        @core.GRPCAction
        1 port int; 2 service string *
        @core.ExecAction
        1 command []string atomic
        @core.SleepAction
        1 seconds int
        @core.Probe
        1 ProbeHandler core.ProbeHandler inline; 2 initialDelaySeconds int; 3 timeoutSeconds int;
        4 periodSeconds int; 5 successThreshold int; 6 failureThreshold int;
        7 terminationGracePeriodSeconds int *
        @core.ContainerResizePolicy
        1 resourceName string; 2 restartPolicy string
        @core.Capabilities
        1 add []string atomic; 2 drop []string atomic
        @core.ResourceRequirements
        1 limits {}quantity; 2 requests {}quantity; 3 claims []core.ResourceClaim keys=name
        @core.ResourceClaim
        1 name string; 2 request string
        @core.Container
        1 name string; 2 image string; 3 command []string atomic; 4 args []string atomic; 5 workingDir string;
        6 ports []core.ContainerPort merge=containerPort keys=containerPort,protocol;
        19 envFrom []core.EnvFromSource atomic; 7 env []core.EnvVar merge=name keys=name;
        8 resources core.ResourceRequirements; 23 resizePolicy []core.ContainerResizePolicy atomic;
        24 restartPolicy string *; 25 restartPolicyRules []core.ContainerRestartRule atomic;
        9 volumeMounts []core.VolumeMount merge=mountPath keys=mountPath;
        21 volumeDevices []core.VolumeDevice merge=devicePath keys=devicePath; 10 livenessProbe core.Probe *;
        11 readinessProbe core.Probe *; 22 startupProbe core.Probe *; 12 lifecycle core.Lifecycle *;
        13 terminationMessagePath string; 20 terminationMessagePolicy string; 14 imagePullPolicy string;
        15 securityContext core.SecurityContext *; 16 stdin bool; 17 stdinOnce bool; 18 tty bool
        @core.ProbeHandler
        1 exec core.ExecAction *; 2 httpGet core.HTTPGetAction *; 3 tcpSocket core.TCPSocketAction *;
        4 grpc core.GRPCAction *
        @core.LifecycleHandler
        1 exec core.ExecAction *; 2 httpGet core.HTTPGetAction *; 3 tcpSocket core.TCPSocketAction *;
        4 sleep core.SleepAction *
        @core.Lifecycle
        1 postStart core.LifecycleHandler *; 2 preStop core.LifecycleHandler *; 3 stopSignal string *
        @core.ContainerStateWaiting
        1 reason string; 2 message string
        @core.ContainerStateRunning
        1 startedAt time
        @core.ContainerStateTerminated
        1 exitCode int; 2 signal int; 3 reason string; 4 message string; 5 startedAt time; 6 finishedAt time;
        7 containerID string
        @core.ContainerState
        1 waiting core.ContainerStateWaiting *; 2 running core.ContainerStateRunning *;
        3 terminated core.ContainerStateTerminated *
        @core.ContainerStatus
        1 name string; 2 state core.ContainerState; 3 lastState core.ContainerState; 4 ready bool;
        5 restartCount int; 6 image string; 7 imageID string; 8 containerID string; 9 started bool *;
        10 allocatedResources {}quantity; 11 resources core.ResourceRequirements *;
        12 volumeMounts []core.VolumeMountStatus merge=mountPath keys=mountPath; 13 user core.ContainerUser *;
        14 allocatedResourcesStatus []core.ResourceStatus merge=name keys=name; 15 stopSignal string *
        @core.ResourceStatus
        1 name string; 2 resources []core.ResourceHealth keys=resourceID
        @core.ResourceHealth
        1 resourceID string; 2 health string; 6 message string *
        @core.ContainerUser
        1 linux core.LinuxContainerUser *
        @core.LinuxContainerUser
        1 uid int; 2 gid int; 3 supplementalGroups []int atomic
        @core.PodCondition
        1 type string; 7 observedGeneration int; 2 status string; 3 lastProbeTime time;
        4 lastTransitionTime time; 5 reason string; 6 message string
        @core.VolumeMountStatus
        1 name string; 2 mountPath string; 3 readOnly bool; 4 recursiveReadOnly string *;
        5 volumeStatus core.VolumeStatus *
        @core.VolumeStatus
        1 image core.ImageVolumeStatus *
        @core.ImageVolumeStatus
        1 imageRef string
        @core.ContainerRestartRule
        1 action string; 2 exitCodes core.ContainerRestartRuleOnExitCodes *
        @core.ContainerRestartRuleOnExitCodes
        1 operator string; 2 values []int set
        @core.NodeSelector
        1 nodeSelectorTerms []core.NodeSelectorTerm atomic
        @core.NodeSelectorTerm
        1 matchExpressions []core.NodeSelectorRequirement atomic;
        2 matchFields []core.NodeSelectorRequirement atomic
        @core.NodeSelectorRequirement
        1 key string; 2 operator string; 3 values []string atomic
        @core.Affinity
        1 nodeAffinity core.NodeAffinity *; 2 podAffinity core.PodAffinity *;
        3 podAntiAffinity core.PodAntiAffinity *
        @core.PodAffinity
        1 requiredDuringSchedulingIgnoredDuringExecution []core.PodAffinityTerm atomic;
        2 preferredDuringSchedulingIgnoredDuringExecution []core.WeightedPodAffinityTerm atomic
        @core.PodAntiAffinity
        1 requiredDuringSchedulingIgnoredDuringExecution []core.PodAffinityTerm atomic;
        2 preferredDuringSchedulingIgnoredDuringExecution []core.WeightedPodAffinityTerm atomic
        @core.WeightedPodAffinityTerm
        1 weight int; 2 podAffinityTerm core.PodAffinityTerm
        @core.PodAffinityTerm
        1 labelSelector meta.LabelSelector *; 2 namespaces []string atomic; 3 topologyKey string;
        4 namespaceSelector meta.LabelSelector *; 5 matchLabelKeys []string atomic;
        6 mismatchLabelKeys []string atomic
        @core.NodeAffinity
        1 requiredDuringSchedulingIgnoredDuringExecution core.NodeSelector *;
        2 preferredDuringSchedulingIgnoredDuringExecution []core.PreferredSchedulingTerm atomic
        @core.PreferredSchedulingTerm
        1 weight int; 2 preference core.NodeSelectorTerm
        @core.Taint
        1 key string; 2 value string; 3 effect string; 4 timeAdded time *
        @core.Toleration
        1 key string; 2 operator string; 3 value string; 4 effect string; 5 tolerationSeconds int *
        @core.PodReadinessGate
        1 conditionType string
        @core.PodSpec
        1 volumes []core.Volume merge=name retain keys=name;
        20 initContainers []core.Container merge=name keys=name;
        2 containers []core.Container merge=name keys=name;
        34 ephemeralContainers []core.EphemeralContainer merge=name keys=name; 3 restartPolicy string;
        4 terminationGracePeriodSeconds int *; 5 activeDeadlineSeconds int *; 6 dnsPolicy string;
        7 nodeSelector {}string atomic; 8 serviceAccountName string; 9 serviceAccount string;
        21 automountServiceAccountToken bool *; 10 nodeName string; 11 hostNetwork bool; 12 hostPID bool;
        13 hostIPC bool; 27 shareProcessNamespace bool *; 14 securityContext core.PodSecurityContext *;
        15 imagePullSecrets []core.LocalObjectReference merge=name keys=name; 16 hostname string;
        17 subdomain string; 18 affinity core.Affinity *; 19 schedulerName string;
        22 tolerations []core.Toleration atomic; 23 hostAliases []core.HostAlias merge=ip keys=ip;
        24 priorityClassName string; 25 priority int *; 26 dnsConfig core.PodDNSConfig *;
        28 readinessGates []core.PodReadinessGate atomic; 29 runtimeClassName string *;
        30 enableServiceLinks bool *; 31 preemptionPolicy string *; 32 overhead {}quantity;
        33 topologySpreadConstraints []core.TopologySpreadConstraint merge=topologyKey keys=topologyKey,whenUnsatisfiable;
        35 setHostnameAsFQDN bool *; 36 os core.PodOS *; 37 hostUsers bool *;
        38 schedulingGates []core.PodSchedulingGate merge=name keys=name;
        39 resourceClaims []core.PodResourceClaim merge=name retain keys=name;
        40 resources core.ResourceRequirements *; 41 hostnameOverride string *;
        43 schedulingGroup core.PodSchedulingGroup *
        @core.PodResourceClaim
        1 name string; 3 resourceClaimName string *; 4 resourceClaimTemplateName string *
        @core.PodResourceClaimStatus
        1 name string; 2 resourceClaimName string *
        @core.PodExtendedResourceClaimStatus
        1 requestMappings []core.ContainerExtendedResourceRequest atomic; 2 resourceClaimName string
        @core.ContainerExtendedResourceRequest
        1 containerName string; 2 resourceName string; 3 requestName string
        @core.PodOS
        1 name string
        @core.PodSchedulingGate
        1 name string
        @core.PodSchedulingGroup
        1 podGroupName string *
        @core.TopologySpreadConstraint
        1 maxSkew int; 2 topologyKey string; 3 whenUnsatisfiable string; 4 labelSelector meta.LabelSelector *;
        5 minDomains int *; 6 nodeAffinityPolicy string *; 7 nodeTaintsPolicy string *;
        8 matchLabelKeys []string atomic
        @core.HostAlias
        1 ip string; 2 hostnames []string atomic
        @core.PodSecurityContext
        1 seLinuxOptions core.SELinuxOptions *; 8 windowsOptions core.WindowsSecurityContextOptions *;
        2 runAsUser int *; 6 runAsGroup int *; 3 runAsNonRoot bool *; 4 supplementalGroups []int atomic;
        12 supplementalGroupsPolicy string *; 5 fsGroup int *; 7 sysctls []core.Sysctl atomic;
        9 fsGroupChangePolicy string *; 10 seccompProfile core.SeccompProfile *;
        11 appArmorProfile core.AppArmorProfile *; 13 seLinuxChangePolicy string *
        @core.SeccompProfile
        1 type string; 2 localhostProfile string *
        @core.AppArmorProfile
        1 type string; 2 localhostProfile string *
        @core.PodDNSConfig
        1 nameservers []string atomic; 2 searches []string atomic; 3 options []core.PodDNSConfigOption atomic
        @core.PodDNSConfigOption
        1 name string; 2 value string *
        @core.PodIP
        1 ip string
        @core.HostIP
        1 ip string
        @core.EphemeralContainerCommon
        1 name string; 2 image string; 3 command []string atomic; 4 args []string atomic; 5 workingDir string;
        6 ports []core.ContainerPort merge=containerPort keys=containerPort,protocol;
        19 envFrom []core.EnvFromSource atomic; 7 env []core.EnvVar merge=name keys=name;
        8 resources core.ResourceRequirements; 23 resizePolicy []core.ContainerResizePolicy atomic;
        24 restartPolicy string *; 25 restartPolicyRules []core.ContainerRestartRule atomic;
        9 volumeMounts []core.VolumeMount merge=mountPath keys=mountPath;
        21 volumeDevices []core.VolumeDevice merge=devicePath keys=devicePath; 10 livenessProbe core.Probe *;
        11 readinessProbe core.Probe *; 22 startupProbe core.Probe *; 12 lifecycle core.Lifecycle *;
        13 terminationMessagePath string; 20 terminationMessagePolicy string; 14 imagePullPolicy string;
        15 securityContext core.SecurityContext *; 16 stdin bool; 17 stdinOnce bool; 18 tty bool
        @core.EphemeralContainer
        1 EphemeralContainerCommon core.EphemeralContainerCommon inline; 2 targetContainerName string
        @core.PodStatus
        17 observedGeneration int; 1 phase string; 2 conditions []core.PodCondition merge=type keys=type;
        3 message string; 4 reason string; 11 nominatedNodeName string; 5 hostIP string;
        16 hostIPs []core.HostIP merge=ip atomic; 6 podIP string; 12 podIPs []core.PodIP merge=ip keys=ip;
        7 startTime time *; 10 initContainerStatuses []core.ContainerStatus atomic;
        8 containerStatuses []core.ContainerStatus atomic; 9 qosClass string;
        13 ephemeralContainerStatuses []core.ContainerStatus atomic; 14 resize string;
        15 resourceClaimStatuses []core.PodResourceClaimStatus merge=name retain keys=name;
        18 extendedResourceClaimStatus core.PodExtendedResourceClaimStatus *; 19 allocatedResources {}quantity;
        20 resources core.ResourceRequirements *;
        21 nodeAllocatableResourceClaimStatuses []core.NodeAllocatableResourceClaimStatus atomic
        @core.Pod object
        1 metadata meta.ObjectMeta; 2 spec core.PodSpec; 3 status core.PodStatus
        @core.PodTemplateSpec
        1 metadata meta.ObjectMeta; 2 spec core.PodSpec
        @core.SecurityContext
        1 capabilities core.Capabilities *; 2 privileged bool *; 3 seLinuxOptions core.SELinuxOptions *;
        10 windowsOptions core.WindowsSecurityContextOptions *; 4 runAsUser int *; 8 runAsGroup int *;
        5 runAsNonRoot bool *; 6 readOnlyRootFilesystem bool *; 7 allowPrivilegeEscalation bool *;
        9 procMount string *; 11 seccompProfile core.SeccompProfile *; 12 appArmorProfile core.AppArmorProfile *
        @core.SELinuxOptions
        1 user string; 2 role string; 3 type string; 4 level string
        @core.WindowsSecurityContextOptions
        1 gmsaCredentialSpecName string *; 2 gmsaCredentialSpec string *; 3 runAsUserName string *;
        4 hostProcess bool *
        @core.Sysctl
        1 name string; 2 value string
        """
}
