# Where the state is kept. Written by tierform; edit coder.toml instead.

terraform {
  # On this machine only. For work in a team name a bucket under [state] in coder.toml.
  backend "local" {
  }
}
