//go:build tools

// Package tools pins the engine that the tests run: go.mod says which version of OpenTofu, tools/build compiles it.
package tools

import _ "github.com/opentofu/opentofu/cmd/tofu"
