{{- /* A Deployment for one role, where the outbox is in Postgres: {root, role}. */ -}}
{{- define "delivery.deployment" -}}
{{- $role := index .root.Values.roles .role }}
{{- if and $role.enabled (not (include "delivery.isSqlite" .root)) }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "delivery.workload" . }}
  labels:
    {{- include "delivery.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  replicas: {{ $role.replicas }}
  strategy:
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: 1
  selector:
    matchLabels:
      {{- include "delivery.selectorLabels" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
  template:
    {{- include "delivery.podTemplate" (dict "root" .root "component" .role "roles" (list .role)) | nindent 4 }}
{{- end }}
{{- end }}

{{- define "delivery.disruptionBudget" -}}
{{- $role := index .root.Values.roles .role }}
{{- if and $role.enabled .root.Values.podDisruptionBudget.enabled (not (include "delivery.isSqlite" .root)) }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "delivery.workload" . }}
  labels:
    {{- include "delivery.labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  selector:
    matchLabels:
      {{- include "delivery.selectorLabels" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .role }}
  {{- with .root.Values.podDisruptionBudget }}
  {{- if ne (toString .minAvailable) "" }}
  minAvailable: {{ .minAvailable }}
  {{- else }}
  maxUnavailable: {{ .maxUnavailable }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}
