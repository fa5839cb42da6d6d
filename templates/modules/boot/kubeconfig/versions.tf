# Engine versions this module works with; it needs no provider. Written by tierform; edit coder.toml instead.
terraform {
  required_version = ">= 1.11"
}
