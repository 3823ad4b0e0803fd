{{- /* The template of a pod with these roles: {root, component, roles}. */ -}}
{{- define "delivery.podTemplate" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
metadata:
  labels:
    {{- include "delivery.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- range .roles }}
    fairlead.dev/{{ . }}: 'true'
    {{- end }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # The program reads them once: another text is other pods.
    checksum/config: {{ toJson $values.config | sha256sum }}
    checksum/secrets: {{ toJson (list $values.secrets.plain $values.outbox.postgres.url) | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "delivery.workload" (dict "root" $root "role" .component) }}
  automountServiceAccountToken: false
  # Variables of a Service that happens to be called `webhook` would look like ours.
  enableServiceLinks: false
  # More than the process takes, so that it is never killed while it gives back what it has in hand.
  terminationGracePeriodSeconds: {{ add (ceil (divf $values.shutdown.timeoutMs 1000)) 5 }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.topologySpread }}
  {{- if .topologyKey }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: {{ .topologyKey }}
      whenUnsatisfiable: {{ .whenUnsatisfiable }}
      labelSelector:
        matchLabels:
          {{- include "delivery.selectorLabels" $root | nindent 10 }}
          app.kubernetes.io/component: {{ $.component }}
  {{- end }}
  {{- end }}
  securityContext: {{- include "delivery.podSecurity" $root | nindent 4 }}
  containers:
    - name: delivery
      image: {{ include "delivery.image" $root }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: {{ concat (list "/app/delivery/main.js") .roles | toJson }}
      env: {{- include "delivery.env" $root | nindent 8 }}
      ports: {{- include "delivery.ports" $root | nindent 8 }}
      {{- include "delivery.probes" $root | nindent 6 }}
      resources: {{- toYaml $values.resources | nindent 8 }}
      securityContext: {{- include "delivery.containerSecurity" $root | nindent 8 }}
      volumeMounts: {{- include "delivery.volumeMounts" $root | nindent 8 }}
  {{- with include "delivery.volumes" $root }}
  volumes: {{- . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "delivery.podSecurity" -}}
runAsNonRoot: true
{{- if not .Values.openshift }}
runAsUser: 65532
runAsGroup: 65532
# The group that may read the secrets and write the volume.
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "delivery.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
