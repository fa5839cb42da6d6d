# Where the state is kept. Written by tierform; edit coder.toml instead.

terraform {
  backend "s3" {
    bucket       = "acme-terraform"
    key          = "coder/terraform.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
  }
}
