{{/* An empty list of peers would mean everybody, so no rule is made of it. */}}
{{- define "service.ingressRule" -}}
{{- if . }}
- from: {{- toYaml . | nindent 4 }}
  ports: [{ protocol: TCP, port: http }]
{{- end }}
{{- end }}

{{- define "service.egressRule" -}}
{{- if .to }}
- to: {{- toYaml .to | nindent 4 }}
  ports: [{ protocol: TCP, port: {{ .port }} }]
{{- end }}
{{- end }}

{{- define "service.egressDns" -}}
{{- with .Values.networkPolicy.egress.dns }}
{{- if .to }}
- to: {{- toYaml .to | nindent 4 }}
  ports: [{ protocol: UDP, port: {{ .port }} }, { protocol: TCP, port: {{ .port }} }]
{{- end }}
{{- end }}
{{- end }}

{{- define "service.egressDatabase" -}}
{{- include "service.egressDns" . }}
{{- if .Values.database.enabled }}
{{- include "service.egressRule" .Values.networkPolicy.egress.postgres }}
{{- end }}
{{- end }}

{{- define "service.testHook" -}}
helm.sh/hook: test
helm.sh/hook-weight: '-10'
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
