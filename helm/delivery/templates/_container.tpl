{{- define "delivery.env" -}}
- name: SHUTDOWN_GRACE_MS
  value: {{ int64 .Values.shutdown.graceMs | quote }}
- name: SHUTDOWN_TIMEOUT_MS
  value: {{ int64 .Values.shutdown.timeoutMs | quote }}
{{- with .Values.logLevel }}
- name: LOG_LEVEL
  value: {{ . }}
{{- end }}
{{- if .Values.config }}
- name: DELIVERY_CONFIG
  value: /etc/fairlead/config/delivery.yaml
{{- end }}
{{- if include "delivery.isSqlite" . }}
- name: OUTBOX_PATH
  value: /var/lib/fairlead/outbox.db
{{- else }}
- name: OUTBOX_URL_FILE
  value: /etc/fairlead/outbox/OUTBOX_URL
{{- end }}
{{- range include "delivery.secretVariables" . | fromJsonArray }}
- name: {{ . }}_FILE
  value: /etc/fairlead/secrets/{{ . }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "delivery.ports" -}}
- name: http
  containerPort: 8080
{{- $metrics := include "delivery.metricsPort" . | int }}
{{- $probes := include "delivery.probesPort" . | int }}
{{- if ne $metrics 8080 }}
- name: metrics
  containerPort: {{ $metrics }}
{{- end }}
{{- if not (has $probes (list 8080 $metrics)) }}
- name: probes
  containerPort: {{ $probes }}
{{- end }}
{{- end }}

{{- define "delivery.probes" -}}
{{- $port := include "delivery.probesPort" . }}
{{- $live := dig "probes" "live" "/healthz" .Values.config }}
{{- $ready := dig "probes" "ready" "/ready" .Values.config }}
{{- with .Values.probes -}}
startupProbe:
  httpGet: { path: {{ quote $live }}, port: {{ $port }} }
  periodSeconds: 2
  timeoutSeconds: {{ .timeoutSeconds }}
  failureThreshold: {{ .startupFailureThreshold }}
livenessProbe:
  httpGet: { path: {{ quote $live }}, port: {{ $port }} }
  periodSeconds: {{ .periodSeconds }}
  timeoutSeconds: {{ .timeoutSeconds }}
  failureThreshold: {{ .failureThreshold }}
readinessProbe:
  httpGet: { path: {{ quote $ready }}, port: {{ $port }} }
  periodSeconds: {{ .periodSeconds }}
  timeoutSeconds: {{ .timeoutSeconds }}
  failureThreshold: {{ .failureThreshold }}
{{- end }}
{{- end }}

{{- define "delivery.volumeMounts" -}}
{{- $mounts := list }}
{{- if .Values.config }}
{{- $mounts = append $mounts (dict "name" "config" "mountPath" "/etc/fairlead/config" "readOnly" true) }}
{{- end }}
{{- if include "delivery.secretName" . }}
{{- $mounts = append $mounts (dict "name" "secrets" "mountPath" "/etc/fairlead/secrets" "readOnly" true) }}
{{- end }}
{{- if include "delivery.isSqlite" . }}
{{- $mounts = append $mounts (dict "name" "outbox" "mountPath" "/var/lib/fairlead") }}
{{- else }}
{{- $mounts = append $mounts (dict "name" "outbox-url" "mountPath" "/etc/fairlead/outbox" "readOnly" true) }}
{{- end }}
{{- concat $mounts .Values.extraVolumeMounts | toYaml }}
{{- end }}

{{- define "delivery.volumes" -}}
{{- $volumes := list }}
{{- if .Values.config }}
{{- $volumes = append $volumes (dict "name" "config" "configMap" (dict "name" (include "delivery.fullname" .))) }}
{{- end }}
{{- with include "delivery.secretName" . }}
{{- $volumes = append $volumes (dict "name" "secrets" "secret" (dict "secretName" . "defaultMode" 0o440)) }}
{{- end }}
{{- if not (include "delivery.isSqlite" .) }}
{{- $key := ternary .Values.outbox.postgres.existingSecret.key "OUTBOX_URL" (ne .Values.outbox.postgres.existingSecret.name "") }}
{{- $item := dict "key" $key "path" "OUTBOX_URL" }}
{{- $secret := dict "secretName" (include "delivery.outboxSecretName" .) "defaultMode" 0o440 "items" (list $item) }}
{{- $volumes = append $volumes (dict "name" "outbox-url" "secret" $secret) }}
{{- end }}
{{- with concat $volumes .Values.extraVolumes }}{{ toYaml . }}{{ end }}
{{- end }}
