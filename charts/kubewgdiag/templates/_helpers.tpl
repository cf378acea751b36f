{{/* Names are at most 63 characters: they become label values. */}}
{{- define "kubewgdiag.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "kubewgdiag.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := include "kubewgdiag.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "kubewgdiag.namespace" -}}
{{- default .Release.Namespace .Values.namespace.name }}
{{- end }}

{{- define "kubewgdiag.operator.serviceAccountName" -}}
{{- default (printf "%s-operator" (include "kubewgdiag.fullname" .)) .Values.operator.serviceAccount.name }}
{{- end }}

{{- define "kubewgdiag.probe.serviceAccountName" -}}
{{- default (printf "%s-probe" (include "kubewgdiag.fullname" .)) .Values.probe.serviceAccount.name }}
{{- end }}

{{- define "kubewgdiag.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kubewgdiag.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "kubewgdiag.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "kubewgdiag.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Reference of an image; called with a dict of image and root. */}}
{{- define "kubewgdiag.image" -}}
{{- if .image.digest }}
{{- printf "%s@%s" .image.repository .image.digest }}
{{- else }}
{{- printf "%s:%s" .image.repository (default .root.Chart.AppVersion .image.tag) }}
{{- end }}
{{- end }}

{{/* Quantities as text: YAML reads "cpu: 1" as a number, the settings file wants a string. */}}
{{- define "kubewgdiag.quantities" -}}
{{- $result := dict }}
{{- range $name, $quantity := . }}
{{- $_ := set $result $name (toString $quantity) }}
{{- end }}
{{- toJson $result }}
{{- end }}

{{/* The file that the operator reads: how probe pods are made. */}}
{{- define "kubewgdiag.probeSettings" -}}
{{- $probe := .Values.probe }}
{{- $settings := dict
      "image" (include "kubewgdiag.image" (dict "image" $probe.image "root" .))
      "imagePullPolicy" $probe.image.pullPolicy
      "imagePullSecrets" .Values.imagePullSecrets
      "serviceAccountName" (include "kubewgdiag.probe.serviceAccountName" .)
      "resources" (dict
        "requests" (include "kubewgdiag.quantities" $probe.resources.requests | fromJson)
        "limits" (include "kubewgdiag.quantities" $probe.resources.limits | fromJson))
      "tolerations" $probe.tolerations
      "privileged" $probe.privileged
      "appArmorProfile" $probe.appArmorProfile
      "podLabels" $probe.podLabels
      "podAnnotations" $probe.podAnnotations }}
{{- if $probe.priorityClassName }}
{{- $_ := set $settings "priorityClassName" $probe.priorityClassName }}
{{- end }}
{{- if $probe.seLinuxType }}
{{- $_ := set $settings "seLinuxType" $probe.seLinuxType }}
{{- end }}
{{- toPrettyJson $settings }}
{{- end }}

{{/* AppArmorProfile of a container; called with RuntimeDefault, Unconfined or Localhost/NAME. */}}
{{- define "kubewgdiag.appArmorProfile" -}}
{{- if hasPrefix "Localhost/" . }}
{{- toJson (dict "type" "Localhost" "localhostProfile" (trimPrefix "Localhost/" .)) }}
{{- else }}
{{- toJson (dict "type" .) }}
{{- end }}
{{- end }}
