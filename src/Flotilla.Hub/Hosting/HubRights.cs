namespace Flotilla.Hub.Hosting;

/// <summary>Who may do what: the hub what it needs and no more, people what the cluster's own roles view, edit and admin say.</summary>
internal static class HubRights
{
    public static string Write(string ns) => $"""
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: flotilla-hub
          namespace: {ns}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: flotilla-hub
        rules:
        - apiGroups: [flotilla.dev]
          resources: [approvals, components, fleets, maintenancewindows, rollouts, rolloutstrategies, sites, stacks]
          verbs: [get, list, watch]
        - apiGroups: [flotilla.dev]
          resources: [components/status, fleets/status, rollouts/status, sites/status, stacks/status]
          verbs: [patch]
        # Its finalizer, which keeps a site's object until the hub has forgotten the site.
        - apiGroups: [flotilla.dev]
          resources: [sites]
          verbs: [patch]
        # It makes rollouts; old ones of a fleet it removes.
        - apiGroups: [flotilla.dev]
          resources: [rollouts]
          verbs: [create, patch, delete]
        # What happens in them, told as events.
        - apiGroups: [""]
          resources: [events]
          verbs: [create, patch]
        # Only Secrets with the label flotilla.dev/sites are asked for; roles cannot say that.
        - apiGroups: [""]
          resources: [secrets]
          verbs: [list, watch]
        # Whether somebody may use the gateway, the cluster decides.
        - apiGroups: [authentication.k8s.io]
          resources: [tokenreviews]
          verbs: [create]
        - apiGroups: [authorization.k8s.io]
          resources: [subjectaccessreviews]
          verbs: [create]
        # At its start it brings up to date what this manifest made.
        - apiGroups: [""]
          resources: [namespaces]
          resourceNames: [flotilla-system]
          verbs: [patch]
        - apiGroups: [apiextensions.k8s.io]
          resources: [customresourcedefinitions]
          resourceNames:
          - approvals.flotilla.dev
          - components.flotilla.dev
          - fleets.flotilla.dev
          - maintenancewindows.flotilla.dev
          - rollouts.flotilla.dev
          - rolloutstrategies.flotilla.dev
          - sites.flotilla.dev
          - stacks.flotilla.dev
          verbs: [get, patch]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata:
          name: flotilla-hub
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: ClusterRole
          name: flotilla-hub
        subjects:
        - kind: ServiceAccount
          name: flotilla-hub
          namespace: {ns}
        ---
        # In its own namespace: one lease for each fleet, and where its gateway is.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: flotilla-hub
          namespace: flotilla-system
        rules:
        - apiGroups: [coordination.k8s.io]
          resources: [leases]
          verbs: [get, list, watch, create, update]
        - apiGroups: [""]
          resources: [configmaps]
          verbs: [create]
        - apiGroups: [""]
          resources: [configmaps]
          resourceNames: [flotilla-hub]
          verbs: [patch]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata:
          name: flotilla-hub
          namespace: flotilla-system
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: Role
          name: flotilla-hub
        subjects:
        - kind: ServiceAccount
          name: flotilla-hub
          namespace: {ns}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: flotilla-view
          labels:
            rbac.authorization.k8s.io/aggregate-to-view: "true"
            rbac.authorization.k8s.io/aggregate-to-edit: "true"
            rbac.authorization.k8s.io/aggregate-to-admin: "true"
        rules:
        - apiGroups: [flotilla.dev]
          resources: [approvals, components, fleets, maintenancewindows, rollouts, rolloutstrategies, sites, stacks]
          verbs: [get, list, watch]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: flotilla-edit
          labels:
            rbac.authorization.k8s.io/aggregate-to-edit: "true"
            rbac.authorization.k8s.io/aggregate-to-admin: "true"
        rules:
        - apiGroups: [flotilla.dev]
          resources: [components, fleets, maintenancewindows, rolloutstrategies, sites, stacks]
          verbs: [create, update, patch, delete, deletecollection]
        # The hub makes rollouts; people act on them.
        - apiGroups: [flotilla.dev]
          resources: [rollouts]
          verbs: [update, patch, delete]
        # Who may make tokens with which sites enrol.
        - apiGroups: [flotilla.dev]
          resources: [sites/enrolment]
          verbs: [create]
        ---
        # Who may approve what waits at a gate: admins, and whoever else is bound to this role.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: flotilla-approve
          labels:
            rbac.authorization.k8s.io/aggregate-to-admin: "true"
        rules:
        - apiGroups: [flotilla.dev]
          resources: [approvals]
          verbs: [create, delete]

        """;
}
