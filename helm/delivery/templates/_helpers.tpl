{{- define "delivery.fullname" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- /* Never changes for a release: a Deployment refuses another selector, and a StatefulSet another claim. */ -}}
{{- define "delivery.selectorLabels" -}}
app.kubernetes.io/name: fairlead-delivery
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "delivery.labels" -}}
{{ include "delivery.selectorLabels" . }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | quote }}
app.kubernetes.io/part-of: fairlead
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "delivery.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
{{- end }}

{{- define "delivery.isSqlite" -}}
{{- if eq .Values.outbox.store "sqlite" }}true{{ end }}
{{- end }}

{{- /* The name of the workload that has the role, and of its ServiceAccount. */ -}}
{{- define "delivery.workload" -}}
{{- $fullname := include "delivery.fullname" .root -}}
{{- if include "delivery.isSqlite" .root }}{{ $fullname }}{{ else }}{{ $fullname }}-{{ .role }}{{ end }}
{{- end }}

{{- /* Ports and paths are what config says; the program's own defaults stand beside them. */ -}}
{{- define "delivery.metricsPort" -}}
{{- dig "metrics" "port" 8080 .Values.config | int }}
{{- end }}

{{- define "delivery.metricsPath" -}}
{{- dig "metrics" "path" "/metrics" .Values.config }}
{{- end }}

{{- define "delivery.probesPort" -}}
{{- dig "probes" "port" 8080 .Values.config | int }}
{{- end }}

{{- define "delivery.secretName" -}}
{{- with .Values.secrets -}}
{{- if .existingSecret.name }}{{ .existingSecret.name }}
{{- else if or .plain .externalSecret.data }}{{ include "delivery.fullname" $ }}
{{- end }}
{{- end }}
{{- end }}

{{- /* JSON, because a template gives back text only: the keys of the Secret that the program knows as variables. */ -}}
{{- define "delivery.secretVariables" -}}
{{- $known := list "DELIVERY_API_TOKEN" "WEBHOOK_TOKEN" "PUSHOVER_USER_KEY" "PUSHOVER_API_TOKEN" "SLACK_WEBHOOK_URL" "WEBHOOK_URL" "WEBHOOK_HMAC_SECRET" -}}
{{- $found := list -}}
{{- with .Values.secrets -}}
{{- $keys := concat (keys .plain) (keys .externalSecret.data) -}}
{{- if .existingSecret.name }}{{ $keys = .existingSecret.variables }}{{ end -}}
{{- range $known }}{{ if has . $keys }}{{ $found = append $found . }}{{ end }}{{ end -}}
{{- end -}}
{{- toJson $found }}
{{- end }}

{{- define "delivery.outboxSecretName" -}}
{{- default (printf "%s-outbox" (include "delivery.fullname" .)) .Values.outbox.postgres.existingSecret.name }}
{{- end }}
