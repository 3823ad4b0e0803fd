{{/* What the schema cannot say, or not in a sentence. */}}
{{- define "service.rules" -}}
{{- include "service.rulesOfTime" . }}
{{- include "service.rulesOfPaths" . }}
{{- with .Values }}
{{- if gt (int64 .autoscaling.minReplicas) (int64 .autoscaling.maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas: expected at most autoscaling.maxReplicas (%d), got %d" (int64 .autoscaling.maxReplicas) (int64 .autoscaling.minReplicas)) }}
{{- end }}
{{- if eq .secrets.source "external" }}
{{- range include "service.secretKeys" (dict "root" $) | fromJsonArray }}
{{- if not (hasKey $.Values.secrets.external.data .) }}
{{- fail (printf "secrets.external.data: expected an entry %s, because it is used" .) }}
{{- end }}
{{- end }}
{{- end }}
{{/* NODE_OPTIONS is the image's: the share of memory for the heap is in it. */}}
{{- $own := concat (keys .env) (list "PORT" "HOST" "NODE_OPTIONS" "DATABASE_URL" "DATABASE_URL_FILE" "DATABASE_CA_FILE" "ADMIN_FLAGS_TOKEN" "ADMIN_FLAGS_TOKEN_FILE" "FLAGD_RESOLVER" "FLAGD_HOST" "FLAGD_PORT" "FLAGD_SYNC_PORT") }}
{{- range .extraEnv }}
{{- if has .name $own }}
{{- fail (printf "extraEnv: expected no variable that the chart or the image sets, got %s" .name) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "service.rulesOfTime" -}}
{{- with .Values }}
{{- if ge (int64 .env.SHUTDOWN_GRACE_MS) (int64 .env.SHUTDOWN_TIMEOUT_MS) }}
{{- fail (printf "env.SHUTDOWN_GRACE_MS: expected less than env.SHUTDOWN_TIMEOUT_MS (%d), got %d" (int64 .env.SHUTDOWN_TIMEOUT_MS) (int64 .env.SHUTDOWN_GRACE_MS)) }}
{{- end }}
{{- if and .database.enabled (le (mul 1000 (int64 .probes.readiness.timeoutSeconds)) (int64 .env.DATABASE_TIMEOUT_MS)) }}
{{- fail (printf "probes.readiness.timeoutSeconds: expected more than env.DATABASE_TIMEOUT_MS (%d ms), got %d s; a lost database would take every pod out" (int64 .env.DATABASE_TIMEOUT_MS) (int64 .probes.readiness.timeoutSeconds)) }}
{{- end }}
{{- if le (mul 1000 (int64 .migrations.deadlineSeconds)) (int64 .migrations.MIGRATE_WAIT_MS) }}
{{- fail (printf "migrations.deadlineSeconds: expected more than migrations.MIGRATE_WAIT_MS (%d ms), got %d s" (int64 .migrations.MIGRATE_WAIT_MS) (int64 .migrations.deadlineSeconds)) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Neither probes nor /metrics nor /admin are published, nor a prefix that would take them along. */}}
{{- define "service.rulesOfPaths" -}}
{{- $hidden := list "/livez" "/readyz" "/metrics" "/admin" }}
{{- range .Values.probes }}{{ $hidden = append $hidden .path }}{{ end }}
{{- range $kind, $paths := .Values.publish.paths }}
{{- range $path := $paths }}
{{- range $hidden }}
{{- $below := hasPrefix (printf "%s/" .) (printf "%s/" $path) }}
{{- $above := and (eq $kind "prefixes") (hasPrefix (printf "%s/" (trimSuffix "/" $path)) (printf "%s/" .)) }}
{{- if or $below $above }}
{{- fail (printf "publish.paths.%s: expected no path that publishes %s, got %s" $kind . $path) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
