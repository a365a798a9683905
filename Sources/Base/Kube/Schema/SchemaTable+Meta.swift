extension SchemaTable {
    /// meta/v1: what all objects share.
    static let meta = """
        @meta.ObjectMeta
        1 name string; 2 generateName string; 3 namespace string; 4 selfLink string; 5 uid string;
        6 resourceVersion string; 7 generation int; 8 creationTimestamp time; 9 deletionTimestamp time *;
        10 deletionGracePeriodSeconds int *; 11 labels {}string; 12 annotations {}string;
        13 ownerReferences []meta.OwnerReference merge=uid keys=uid; 14 finalizers []string merge set;
        17 managedFields []meta.ManagedFieldsEntry atomic
        @meta.OwnerReference
        5 apiVersion string; 1 kind string; 3 name string; 4 uid string; 6 controller bool *;
        7 blockOwnerDeletion bool *
        @meta.DeleteOptions object
        1 gracePeriodSeconds int *; 2 preconditions meta.Preconditions *; 3 orphanDependents bool *;
        4 propagationPolicy string *; 5 dryRun []string atomic;
        6 ignoreStoreReadErrorWithClusterBreakingPotential bool *
        @meta.Preconditions
        1 uid string *; 2 resourceVersion string *
        @meta.LabelSelector
        1 matchLabels {}string; 2 matchExpressions []meta.LabelSelectorRequirement atomic
        @meta.LabelSelectorRequirement
        1 key string; 2 operator string; 3 values []string atomic
        @meta.FieldSelectorRequirement
        1 key string; 2 operator string; 3 values []string atomic
        @meta.ManagedFieldsEntry
        1 manager string; 2 operation string; 3 apiVersion string; 4 time time *; 6 fieldsType string;
        7 fieldsV1 raw *; 8 subresource string
        @meta.Condition
        1 type string; 2 status string; 3 observedGeneration int; 4 lastTransitionTime time; 5 reason string;
        6 message string
        """
}
