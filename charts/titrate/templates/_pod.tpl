{{/* What every pod of the control plane is: not root, without privileges, its root file system read-only. */}}
{{- define "titrate.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}
{{- define "titrate.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Environment of API and worker alike: where everything is, and how jobs run. */}}
{{- define "titrate.environment" -}}
{{- $postgres := include "titrate.postgresSecret" . | fromYaml }}
{{- $store := include "titrate.storeSecret" . | fromYaml }}
- name: TITRATE_POSTGRES_URL
  valueFrom: { secretKeyRef: { name: {{ $postgres.name }}, key: {{ $postgres.key }} } }
- name: TITRATE_TEMPORAL_ADDRESS
  value: {{ .Values.temporal.address | quote }}
- name: TITRATE_TEAM
  value: {{ .Values.team | quote }}
- name: AWS_ENDPOINT_URL
  value: {{ .Values.s3.endpoint | quote }}
- name: AWS_REGION
  value: {{ .Values.s3.region | quote }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ $store.name }}, key: {{ $store.id }} } }
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ $store.name }}, key: {{ $store.secret }} } }
- name: TITRATE_BUCKET
  value: {{ .Values.s3.bucket | quote }}
- name: TITRATE_JOB_CONFIGURATION
  value: /etc/titrate/jobs.yaml
{{ include "titrate.processEnvironment" . }}
{{- end }}

{{/* What any Node process of ours needs where only /tmp can be written. */}}
{{- define "titrate.processEnvironment" -}}
- name: HOME
  value: /tmp
{{- if .Values.caBundle.configMapName }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/titrate-ca/{{ .Values.caBundle.key }}
{{- end }}
{{- end }}

{{- define "titrate.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .Values.caBundle.configMapName }}
- { name: ca, mountPath: /etc/titrate-ca, readOnly: true }
{{- end }}
{{- end }}
{{- define "titrate.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if .Values.caBundle.configMapName }}
- name: ca
  configMap: { name: {{ .Values.caBundle.configMapName }} }
{{- end }}
{{- end }}

{{/* Where pods of a part go: (dict "root" $ "part" "api"). */}}
{{- define "titrate.placement" -}}
{{- $values := index .root.Values .part }}
{{- with $values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if $values.affinity }}
affinity: {{ toYaml $values.affinity | nindent 2 }}
{{- else }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "titrate.selector" . | nindent 8 }}
{{- end }}
{{- end }}

{{- define "titrate.pullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{/* How the worker speaks with Temporal beyond its address. Files are mounted, so that a renewed certificate comes with a new pod only. */}}
{{- define "titrate.temporalEnvironment" -}}
{{- with .Values.temporal }}
- name: TITRATE_TEMPORAL_NAMESPACE
  value: {{ .namespace | quote }}
{{- with .apiKeySecret }}{{ if .name }}
- name: TITRATE_TEMPORAL_API_KEY
  valueFrom: { secretKeyRef: { name: {{ .name }}, key: {{ .key }} } }
{{- end }}{{ end }}
{{- if .tls.enabled }}
- name: TITRATE_TEMPORAL_TLS
  value: 'true'
{{- end }}
{{- with .tls.serverName }}
- name: TITRATE_TEMPORAL_TLS_SERVER_NAME
  value: {{ . | quote }}
{{- end }}
{{- if .tls.caSecret.name }}
- name: TITRATE_TEMPORAL_TLS_CA
  value: /etc/titrate-temporal/ca.pem
{{- end }}
{{- if .tls.clientSecret.name }}
- name: TITRATE_TEMPORAL_TLS_CERTIFICATE
  value: /etc/titrate-temporal/client.pem
- name: TITRATE_TEMPORAL_TLS_KEY
  value: /etc/titrate-temporal/client-key.pem
{{- end }}
{{- end }}
{{- end }}

{{- define "titrate.temporalVolume" -}}
{{- with .Values.temporal.tls }}
{{- if or .caSecret.name .clientSecret.name }}
- name: temporal
  projected:
    sources:
      {{- with .caSecret }}{{ if .name }}
      - secret: { name: {{ .name }}, items: [{ key: {{ .key }}, path: ca.pem }] }
      {{- end }}{{ end }}
      {{- with .clientSecret }}{{ if .name }}
      - secret: { name: {{ .name }}, items: [{ key: {{ .certificateKey }}, path: client.pem }, { key: {{ .privateKeyKey }}, path: client-key.pem }] }
      {{- end }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
