//go:build tools

// Package programs names the commands that are built as they are, so that their modules stay in go.mod.
package programs

import (
	_ "github.com/yannh/kubeconform/cmd/kubeconform"
	_ "helm.sh/helm/v4/cmd/helm"
	_ "sigs.k8s.io/kwok/cmd/kwok"
)
