# AWS: the machine's own address and secrets, one attempt each. Written by tierform.
# shellcheck shell=bash disable=SC2154

metadata() {
  local token
  token=$(fetch --max-time 10 --noproxy '*' --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' \
    http://169.254.169.254/latest/api/token) || return
  printf 'X-aws-ec2-metadata-token: %s\n' "$token" |
    fetch --max-time 10 --noproxy '*' --header @- "http://169.254.169.254/latest/meta-data/$1"
}

# The first thing that main asks of a cloud, so what the rest stands on goes here too.
cloud_address() { trust_database && metadata local-ipv4; }

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
    grep --quiet -e '-BEGIN CERTIFICATE-' "$work/rds-ca"; then
    install -m 0644 "$work/rds-ca" "$list.new"
    mv "$list.new" "$list"
  fi
  [[ -s $list ]] && database_url_after=${database_url_after%"$system"}$list
}

# cloud_secret ARN|VERSION. Key and session token go to curl on stdin, the secret from curl to stdout.
cloud_secret() {
  local arn=${1%|*} version=${1##*|} domain=amazonaws.com role credentials id key token part
  IFS=: read -ra part <<<"$arn"
  if [[ ${part[1]} == aws-cn ]]; then domain=amazonaws.com.cn; fi
  role=$(metadata iam/security-credentials/) || return
  credentials=$(metadata "iam/security-credentials/$role") || return
  id=$(printf '%s' "$credentials" | json AccessKeyId) || return
  key=$(printf '%s' "$credentials" | json SecretAccessKey) || return
  token=$(printf '%s' "$credentials" | json Token) || return
  printf 'user = "%s:%s"\nheader = "X-Amz-Security-Token: %s"\n' "$id" "$key" "$token" |
    fetch --proto '=https' --config - --aws-sigv4 "aws:amz:${part[3]}:secretsmanager" \
      --header 'Content-Type: application/x-amz-json-1.1' --header 'X-Amz-Target: secretsmanager.GetSecretValue' \
      --data "{\"SecretId\":\"$arn\",\"VersionId\":\"$version\"}" "https://secretsmanager.${part[3]}.$domain/" |
    json SecretString
}
