# Which clusters there are. Written by tierform; edit coder.toml instead.
variable "clusters" {
  description = "Kubernetes clusters that builds work in, by the name of their context: endpoint, the PEM certificate of the CA, and what the credential plug-in needs to know (on aws the cluster's name and region, elsewhere nothing)."
  type = map(object({
    endpoint       = string
    ca_certificate = string
    arguments      = optional(list(string), [])
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.clusters) : can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", name))])
    error_message = "A cluster's name must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }

  validation {
    condition     = alltrue([for cluster in values(var.clusters) : can(regex("^https://[0-9A-Za-z.-]+(:[0-9]+)?$", cluster.endpoint))])
    error_message = "A cluster's endpoint must begin with https:// and hold nothing but a host and, if need be, a port."
  }

  validation {
    condition     = alltrue([for cluster in values(var.clusters) : can(regex("^-----BEGIN CERTIFICATE-----", cluster.ca_certificate))])
    error_message = "A cluster's ca_certificate must be PEM text that begins with -----BEGIN CERTIFICATE-----."
  }
}
