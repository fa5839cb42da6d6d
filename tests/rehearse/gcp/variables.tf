variable "name" {
  description = "Prefix of every name."
  type        = string
  default     = "acme"
}

variable "deletion_protection" {
  description = "Whether the database and the cluster refuse to be deleted."
  type        = bool
  default     = true
}

variable "secrets_version" {
  description = "Raise it to write new secrets."
  type        = number
  default     = 1
}
