{{/* Name of the release's objects: `titrate`, or `RELEASE-titrate` where the release is named otherwise. */}}
{{- define "titrate.fullname" -}}
{{- if contains "titrate" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-titrate" (.Release.Name | trunc 32 | trimSuffix "-") }}{{ end }}
{{- end }}

{{/* Labels of everything. */}}
{{- define "titrate.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/name: titrate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: titrate
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Labels that select one part: (dict "root" $ "part" "api"). */}}
{{- define "titrate.selector" -}}
app.kubernetes.io/name: titrate
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* Reference of an image: (dict "root" $ "image" .Values.image). The digest goes before the tag. */}}
{{- define "titrate.image" -}}
{{- $repository := .image.repository }}
{{- if .root.Values.imageRegistry }}{{ $repository = printf "%s/%s" (trimSuffix "/" .root.Values.imageRegistry) $repository }}{{ end }}
{{- if .image.digest }}{{ $repository }}@{{ .image.digest }}{{ else }}{{ $repository }}:{{ .image.tag | default .root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Names and keys of the Secrets: those that the operator named, or the one of a trial. */}}
{{- define "titrate.postgresSecret" -}}
{{- if .Values.trial.enabled }}{name: {{ include "titrate.fullname" . }}-trial, key: postgres-url}{{ else }}{name: {{ .Values.postgres.urlSecret.name }}, key: {{ .Values.postgres.urlSecret.key }}}{{ end }}
{{- end }}
{{- define "titrate.tokenSecret" -}}
{{- if .Values.trial.enabled }}{name: {{ include "titrate.fullname" . }}-trial, key: api-token}{{ else }}{name: {{ .Values.api.tokenSecret.name }}, key: {{ .Values.api.tokenSecret.key }}}{{ end }}
{{- end }}
{{- define "titrate.storeSecret" -}}
{{- if .Values.trial.enabled }}{name: {{ include "titrate.fullname" . }}-trial, id: s3-access-key-id, secret: s3-secret-access-key}{{ else }}{{ with .Values.s3.credentialsSecret }}{name: {{ .name }}, id: {{ .accessKeyIdKey }}, secret: {{ .secretAccessKeyKey }}}{{ end }}{{ end }}
{{- end }}
