{{/* The pod security standard `restricted`. OpenShift assigns ids from the namespace's range. */}}
{{- define "service.podSecurity" -}}
runAsNonRoot: true
{{- if not .Values.openshift }}
runAsUser: 65532
runAsGroup: 65532
{{- end }}
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* What every pod of this chart has: it calls no API, so no token; and no variables of Services, which look like ours (FLAGD_PORT). */}}
{{- define "service.podBasics" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "service.podSecurity" . | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "service.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* The labels of pods; the argument is a list of the root and a component. */}}
{{- define "service.templateLabels" -}}
{{- $ours := printf "%s\napp.kubernetes.io/component: %s" (first . | include "service.podLabels") (last .) }}
{{- include "service.beside" (list $ours (first .).Values.podLabels) }}
{{- end }}

{{/* Of what pods read once, when they start, so that a change starts them anew. Not of the flags: flagd follows those. */}}
{{- define "service.checksums" -}}
checksum/config: {{ include "service.config" . | sha256sum }}
{{- if has .Values.secrets.source (list "plain" "external") }}
checksum/secrets: {{ print (include "service.plainData" (dict "root" .)) (toJson .Values.secrets.external) | sha256sum }}
{{- end }}
{{- end }}
