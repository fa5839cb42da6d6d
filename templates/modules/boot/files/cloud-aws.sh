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
cloud_address() {
  if declare -F trust_database >/dev/null; then trust_database || return; fi
  metadata local-ipv4
}

# In its terminating hook (EC2 Auto Scaling, "Retrieve the target lifecycle state through instance metadata").
cloud_takes_away() { [[ $(metadata autoscaling/target-lifecycle-state) == Terminated ]]; }

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
