variable "name" {
  type    = string
  default = "acme"
}

variable "location" {
  type    = string
  default = "westeurope"
}

variable "secrets_version" {
  type    = number
  default = 1
}

variable "deletion_protection" {
  type    = bool
  default = true
}
