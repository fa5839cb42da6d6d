variable "name" {
  type    = string
  default = "acme"
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "secrets_version" {
  type    = number
  default = 1
}

variable "deletion_protection" {
  type    = bool
  default = true
}
