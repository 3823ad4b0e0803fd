{{- define "delivery.dnsEgress" -}}
{{- with .Values.networkPolicy.dns -}}
- to:
    - {{ omit . "port" | toYaml | nindent 6 | trim }}
  ports:
    - port: {{ .port }}
      protocol: UDP
    - port: {{ .port }}
      protocol: TCP
{{- end }}
{{- end }}

{{- /* Of the pod of `helm test`, which is none of those that the policies and Services choose. */ -}}
{{- define "delivery.testLabels" -}}
app.kubernetes.io/name: fairlead-delivery-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
