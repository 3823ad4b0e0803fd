{{/* flags/flags.json with the variants of this environment. */}}
{{- define "service.flagsFile" -}}
{{- $file := .Files.Get "files/flags.json" | fromJson }}
{{- range $name, $variant := .Values.flags.sidecar.defaultVariants }}
{{- $flag := get $file.flags $name }}
{{- if not $flag }}
{{- fail (printf "flags.sidecar.defaultVariants: expected one of %s, got %q" (keys $file.flags | sortAlpha | join ", ") $name) }}
{{- end }}
{{- if not (hasKey $flag.variants $variant) }}
{{- fail (printf "flags.sidecar.defaultVariants.%s: expected %s, got %q" $name (keys $flag.variants | sortAlpha | join " or ") $variant) }}
{{- end }}
{{- $_ := set $flag "defaultVariant" $variant }}
{{- end }}
{{- $file | toPrettyJson }}
{{- end }}

{{- define "service.flagEnv" -}}
{{- with .Values.flags }}
{{- if eq .source "sidecar" }}
FLAGD_RESOLVER: in-process
FLAGD_HOST: localhost
FLAGD_SYNC_PORT: "8015"
{{- else if eq .source "remote" }}
FLAGD_RESOLVER: {{ .remote.resolver }}
FLAGD_HOST: {{ .remote.host }}
{{ ternary "FLAGD_PORT" "FLAGD_SYNC_PORT" (eq .remote.resolver "rpc") }}: {{ .remote.port | toString | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A native sidecar: it starts before the service and stops after it. Nothing waits for it: flags have defaults. */}}
{{- define "service.flagdContainer" -}}
{{- with .Values.flags.sidecar -}}
- name: flagd
  image: {{ .image }}
  imagePullPolicy: {{ $.Values.image.pullPolicy }}
  restartPolicy: Always
  args: [start, --uri, 'file:/etc/flagd/flags.json']
  env:
    - { name: GOMEMLIMIT, value: {{ .goMemoryLimit }} }
  livenessProbe:
    httpGet: { path: /healthz, port: 8014 }
  resources: {{- toYaml .resources | nindent 4 }}
  securityContext: {{- include "service.containerSecurity" $ | nindent 4 }}
  volumeMounts:
    # The folder, never the file by subPath: that would not follow a change.
    - { name: flags, mountPath: /etc/flagd, readOnly: true }
{{- end }}
{{- end }}
