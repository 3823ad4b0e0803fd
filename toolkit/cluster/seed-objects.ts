/** What an installer of clusters adds to a bare API server. */
export const seedObjects = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      // The user of apiserver-kubelet.crt: logs, exec and port-forward go through the kubelet.
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'apiserver-kubelet' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:kubelet-api-admin' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'kube-apiserver' }],
    },
  ],
} as const
