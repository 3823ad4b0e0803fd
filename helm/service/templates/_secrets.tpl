{{/* Which secrets a pod is given; the argument is a dict of root and, for the migrations, of migrate: true. */}}
{{- define "service.secretKeys" -}}
{{- $keys := list }}
{{- if .root.Values.database.enabled }}{{ $keys = append $keys "DATABASE_URL" }}{{ end }}
{{- if and (not .migrate) .root.Values.env.ADMIN_FLAGS_ENABLED }}{{ $keys = append $keys "ADMIN_FLAGS_TOKEN" }}{{ end }}
{{- $keys | toJson }}
{{- end }}

{{/* The migrations run before the release's own Secret exists or is new, so they have one of their own. */}}
{{- define "service.secretName" -}}
{{- $fullname := include "service.fullname" .root }}
{{- with .root.Values.secrets -}}
{{- if eq .source "existing" }}{{ .existing.name | default $fullname }}
{{- else }}{{ $fullname }}{{ if $.migrate }}-migrate{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Variables that name the files of secrets and certificates. */}}
{{- define "service.fileEnv" -}}
{{- range include "service.secretKeys" . | fromJsonArray }}
- { name: {{ . }}_FILE, value: /etc/service/secrets/{{ . }} }
{{- end }}
{{- if and .root.Values.database.enabled .root.Values.database.ca.configMap }}
- { name: DATABASE_CA_FILE, value: /etc/service/ca/ca.crt }
{{- end }}
{{- end }}

{{- define "service.fileMounts" -}}
{{- if include "service.secretKeys" . | fromJsonArray }}
- { name: secrets, mountPath: /etc/service/secrets, readOnly: true }
{{- end }}
{{- if and .root.Values.database.enabled .root.Values.database.ca.configMap }}
- { name: ca, mountPath: /etc/service/ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "service.fileVolumes" -}}
{{- with include "service.secretKeys" . | fromJsonArray }}
- name: secrets
  secret:
    secretName: {{ include "service.secretName" $ }}
    defaultMode: 0444 # the files are root's, and the pod's user is not
    items:
      {{- range . }}
      - { key: {{ . }}, path: {{ . }} }
      {{- end }}
{{- end }}
{{- with .root.Values.database }}
{{- if and .enabled .ca.configMap }}
- name: ca
  configMap:
    name: {{ .ca.configMap }}
    items:
      - { key: {{ .ca.key }}, path: ca.crt }
{{- end }}
{{- end }}
{{- end }}

{{/* The data of a Secret, and below the same of an ExternalSecret; only what is used is asked for. */}}
{{- define "service.plainData" -}}
{{- range include "service.secretKeys" . | fromJsonArray }}
{{ . }}: {{ index $.root.Values.secrets.plain . | quote }}
{{- end }}
{{- end }}

{{- define "service.externalSpec" -}}
{{- with .root.Values.secrets.external -}}
refreshInterval: {{ .refreshInterval }}
secretStoreRef:
  kind: {{ .storeRef.kind }}
  name: {{ .storeRef.name }}
target:
  name: {{ include "service.secretName" $ }}
  creationPolicy: Owner
data:
  {{- $data := .data }}
  {{- range include "service.secretKeys" $ | fromJsonArray }}
  - secretKey: {{ . }}
    remoteRef: {{- toYaml (index $data .) | nindent 6 }}
  {{- end }}
{{- end }}
{{- end }}
