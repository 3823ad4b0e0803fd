{{/* 50 characters leave room for the suffixes in names of at most 63. */}}
{{- define "service.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{/* What never changes while a release lives: the selector of a Deployment cannot. */}}
{{- define "service.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "service.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{ include "service.podLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The same, without what changes from version to version of the chart: that must not start pods anew. */}}
{{- define "service.podLabels" -}}
{{ include "service.selectorLabels" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
{{- end }}

{{/* A digest is exact, so it wins over a tag. */}}
{{- define "service.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "service.serviceAccountName" -}}
{{- with .Values.serviceAccount -}}
{{ .name | default (ternary (include "service.fullname" $) "default" .create) }}
{{- end }}
{{- end }}

{{/* Any value as the text of a variable; toJson, because a large number would become 1e+06. */}}
{{- define "service.text" -}}
{{ if kindIs "string" . }}{{ . | quote }}{{ else }}{{ . | toJson | quote }}{{ end }}
{{- end }}

{{/* Longer than the service takes to stop; the rest is for sidecars, which stop after it. */}}
{{- define "service.gracePeriodSeconds" -}}
{{ add 5 (ceil (divf .Values.env.SHUTDOWN_TIMEOUT_MS 1000)) }}
{{- end }}

{{- define "service.certificateSecret" -}}
{{ .Values.publish.certificate.secretName | default (printf "%s-tls" (include "service.fullname" .)) }}
{{- end }}

{{/* The variables that are no secrets. */}}
{{- define "service.config" -}}
{{- range $name, $value := .Values.env }}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ include "service.text" $value }}
{{- end }}
{{- end }}
{{- include "service.flagEnv" . }}
{{- end }}

{{/* Labels or annotations of a team beside ours, which win: a key may stand only once. A list of our text and their map. */}}
{{- define "service.beside" -}}
{{ merge (first . | fromYaml) (last .) | toYaml }}
{{- end }}
