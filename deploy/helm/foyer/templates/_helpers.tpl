{{- define "foyer.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "foyer.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "foyer.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{/* Of one component: (dict "root" $ "component" "server"). These never change: a Deployment's selector cannot. */}}
{{- define "foyer.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "foyer.labels" -}}
{{ include "foyer.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* What stops an installation that lacks something, with the sentence that says what. */}}
{{- define "foyer.image" -}}
{{ required "image.repository must be where the image of the Dockerfile was pushed to" .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "foyer.publicUrl" -}}
{{ required "publicUrl must be where browsers reach Foyer, such as https://login.example.org" .Values.publicUrl }}
{{- end }}

{{- define "foyer.secretName" -}}
{{ required "secrets.name must be the name of a Secret that exists, with the keys that secrets.keys lists" .Values.secrets.name }}
{{- end }}

{{/* Variables from the Secret: (dict "root" $ "keys" (dict "FOYER_…" "key")); none where the key is empty. */}}
{{- define "foyer.secretVariables" -}}
{{- $root := .root -}}
{{- range $variable, $key := .keys }}
{{- if $key }}
- name: {{ $variable }}
  valueFrom:
    secretKeyRef:
      name: {{ include "foyer.secretName" $root }}
      key: {{ $key }}
{{- end }}
{{- end }}
{{- end }}

{{/* Of the pod of one component. */}}
{{- define "foyer.pod" -}}
{{- $values := index .root.Values .component -}}
{{- $keys := .root.Values.secrets.keys -}}
{{- $shared := dict "FOYER_DATABASE_URL" $keys.databaseUrl "FOYER_REDIS_URL" $keys.redisUrl "FOYER_SECRET_KEY" $keys.secretKey -}}
{{- $servers := dict "FOYER_ADMIN_PASSWORD" $keys.adminPassword "FOYER_ADMIN_CLIENT_SECRET" $keys.adminClientSecret -}}
serviceAccountName: {{ include "foyer.serviceAccount" .root }}
automountServiceAccountToken: false
# Variables that Kubernetes makes of a Service called foyer would look like settings.
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
terminationGracePeriodSeconds: {{ .graceSeconds }}
containers:
  - name: {{ .component }}
    image: {{ include "foyer.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: [{{ .component }}]
    ports:
      - name: http
        containerPort: 8080
    env:
      - name: FOYER_PUBLIC_URL
        value: {{ include "foyer.publicUrl" .root | quote }}
      {{- range $name, $value := .root.Values.settings }}
      - name: {{ $name }}
        value: {{ $value | quote }}
      {{- end }}
      {{- with include "foyer.secretVariables" (dict "root" .root "keys" $shared) | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if eq .component "server" }}
      - name: FOYER_DRAIN_SECONDS
        value: {{ $values.drainSeconds | quote }}
      {{- with include "foyer.secretVariables" (dict "root" .root "keys" $servers) | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- if .root.Values.site.configMap }}
      - name: FOYER_CONFIG
        value: {{ printf "/etc/foyer/%s" .root.Values.site.key | quote }}
      {{- with .root.Values.site.env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- end }}
    # A first start waits for whoever migrates the database, up to a minute, and may migrate it itself.
    startupProbe:
      httpGet: { path: /health/live, port: http }
      periodSeconds: 2
      timeoutSeconds: 5
      failureThreshold: 150
    readinessProbe:
      httpGet: { path: /health/ready, port: http }
      periodSeconds: 5
      timeoutSeconds: 5
      failureThreshold: 2
    livenessProbe:
      httpGet: { path: /health/live, port: http }
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 3
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    volumeMounts:
      - name: data
        mountPath: /var/lib/foyer
      {{- if and (eq .component "server") .root.Values.site.configMap }}
      - name: site
        mountPath: /etc/foyer
        readOnly: true
      {{- end }}
volumes:
  # Nothing is kept there in a cluster; the image expects that it could be.
  - name: data
    emptyDir: {}
  {{- if and (eq .component "server") .root.Values.site.configMap }}
  - name: site
    configMap:
      name: {{ .root.Values.site.configMap }}
  {{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "foyer.selector" . | nindent 8 }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What Prometheus' usual discovery reads. */}}
{{- define "foyer.podAnnotations" -}}
prometheus.io/scrape: 'true'
prometheus.io/path: /metrics
prometheus.io/port: '8080'
{{- with (index .root.Values .component).podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
