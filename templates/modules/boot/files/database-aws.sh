# AWS: the authorities that a coderd machine trusts its database by. Written by tierform.
# shellcheck shell=bash disable=SC2154

# RDS signs with authorities of its own, which no system trusts. Unless the deployment names one, AWS's list for the
# database's region is fetched at every boot; an older one serves while that fails.
trust_database() {
  local list=/etc/coder.d/rds-ca.pem system=/etc/ssl/certs/ca-certificates.crt region url
  [[ ${database_url_after-} =~ \.([a-z0-9-]+)\.rds\.amazonaws\.com(\.cn)?:.*=$system$ ]] || return 0
  region=${BASH_REMATCH[1]}
  case $region in
    cn-*) url=https://rds-truststore.s3.$region.amazonaws.com.cn ;;
    us-gov-*) url=https://truststore.pki.$region.rds.amazonaws.com ;;
    *) url=https://truststore.pki.rds.amazonaws.com ;;
  esac
  install -d -m 0755 "${list%/*}"
  if fetch --proto '=https' --output "$work/rds-ca" "$url/$region/$region-bundle.pem" &&
    grep --quiet -e '-BEGIN CERTIFICATE-' "$work/rds-ca" && ! cmp --quiet "$work/rds-ca" "$list"; then
    install -m 0644 "$work/rds-ca" "$list.new"
    mv "$list.new" "$list"
  fi
  [[ -s $list ]] && database_url_after=${database_url_after%"$system"}$list
}
