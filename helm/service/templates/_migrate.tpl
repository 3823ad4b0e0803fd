{{- define "service.migrates" -}}
{{- if and .Values.database.enabled .Values.migrations.enabled }}true{{ end }}
{{- end }}

{{- define "service.migrateLabels" -}}
{{ include "service.labels" . }}
app.kubernetes.io/component: migrate
{{- end }}

{{/*
What the Job needs comes first (-20), then the Job (-10): before an install nothing else of the release is there, and before
an upgrade it is old. All of it goes when the migrations have succeeded; after a failure it stays, to be looked at.
*/}}
{{- define "service.migrateHook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
