//! Nobody gets in: a value of `coder.toml` never becomes HCL, shell or a path of its own making.
//! Every string key is given every hostile text; what is not refused must come out as a plain string, the same text.

use std::collections::{BTreeMap, BTreeSet};

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use hcl_edit::visit::{Visit, visit_expr};
use serde_json::Value;
use tierform::spec::{Cloud, schema};
use tierform::tree::Tree;
use tierform::{compile, render};

const HOSTILE: [&str; 12] = [
    r#"x"${file("/etc/passwd")}"#,
    "a\nb",
    "a\r\nresource \"null_resource\" \"x\" {}",
    "${var.project}",
    "%{ for x in [1] }y%{ endfor }",
    "$(id)",
    "`id`",
    "../../etc/passwd",
    "'; touch /tmp/owned; '",
    "\\",
    "EOT\n",
    "a\u{0}b\u{2028}c\u{7f}",
];

/// What every spec of the test has. Together they have every string key on every cloud.
const COMMON: &str = r#"
name = "acme-coder"
tier = "1k"
machines = "current"
output = "platform/coder"
[tags]
team = "platform"
[coder]
version = "2.36.5"
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
mirror = "https://mirror.acme.dev/coder"
"#;

const SPECS: [&str; 7] = [
    r#"
cloud = "gcp"
region = "us-central1"
access = { url = "https://coder.acme.dev", wildcard = "*.coder.acme.dev", dns_zone = "acme-dev" }
coderd.machine = "n4-standard-2"
provisioners.machine = "n4-highcpu-32"
workspaces.machine = "n4-standard-8"
database.machine = "db-custom-8-30720"
network = { cidr = "10.64.0.0/14", zones = ["us-central1-a", "us-central1-b"], allowed_cidrs = ["203.0.113.0/24"] }
clusters = [
    { name = "here", share = 0.5, machine = "n4-standard-8" },
    { name = "there", share = 0.5, region = "europe-west4", cidr = "10.80.0.0/14" },
]
gcp.project = "acme-prod"
[state]
backend = "gcs"
bucket = "acme-terraform"
prefix = "coder"
impersonate_service_account = "terraform@acme-prod.iam.gserviceaccount.com"
kms_encryption_key = "projects/a/locations/b/keyRings/c/cryptoKeys/d"
storage_custom_endpoint = "https://storage.acme.dev"
"#,
    r#"
cloud = "gcp"
region = "us-central1"
gcp.project = "acme-prod"
[access]
url = "https://coder.acme.dev"
certificate = "projects/acme-prod/locations/us-central1/certificates/acme-dev"
[network]
internal = true
[network.existing]
id = "projects/acme-net/global/networks/acme"
coderd = "control"
nodes = "workspaces"
pods = "pods"
services = "services"
proxies = "proxies"
nat_addresses = ["203.0.113.7"]
[state]
backend = "local"
path = "acme.tfstate"
"#,
    r#"
cloud = "aws"
region = "us-east-1"
access = { url = "https://coder.acme.dev", wildcard = "*.coder.acme.dev", dns_zone = "Z0123456789ABCDEFGHIJ" }
coderd.machine = "m7i.large"
provisioners.machine = "c7i.8xlarge"
workspaces.machine = "m7i.2xlarge"
database.machine = "db.m7g.2xlarge"
network = { cidr = "10.20.0.0/16", zones = ["us-east-1a", "us-east-1b"], allowed_cidrs = ["203.0.113.0/24"] }
clusters = [
    { name = "here", share = 0.5, machine = "m7i.2xlarge" },
    { name = "there", share = 0.5, region = "eu-west-1", cidr = "10.80.0.0/16" },
]
[aws]
account_id = "123456789012"
profile = "acme-prod"
admins = ["arn:aws:iam::123456789012:role/platform"]
api_cidrs = ["203.0.113.0/24"]
[state]
backend = "s3"
bucket = "acme-terraform"
key = "coder/terraform.tfstate"
region = "us-east-1"
profile = "acme-prod"
kms_key_id = "alias/terraform"
dynamodb_table = "locks"
workspace_key_prefix = "coder"
"#,
    r#"
cloud = "aws"
region = "us-east-1"
[access]
url = "https://coder.acme.dev"
certificate = "arn:aws:acm:us-east-1:123456789012:certificate/7f1b4a9e-5f0c-4c38-9d7e-1f2a3b4c5d6e"
[network.existing]
id = "vpc-0a1b2c3d4e5f60718"
public = ["subnet-0a1b2c3d4e5f60701", "subnet-0a1b2c3d4e5f60702"]
machines = ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"]
nodes = ["subnet-0a1b2c3d4e5f60721", "subnet-0a1b2c3d4e5f60722"]
database = ["subnet-0a1b2c3d4e5f60731", "subnet-0a1b2c3d4e5f60732"]
nat_addresses = ["203.0.113.7"]
"#,
    r#"
cloud = "azure"
region = "eastus"
coderd.machine = "Standard_D2s_v5"
provisioners.machine = "Standard_F32s_v2"
workspaces.machine = "Standard_D8s_v5"
database.machine = "GP_Standard_D8ds_v5"
network = { cidr = "10.16.0.0/14", zones = ["1", "2"], allowed_cidrs = ["203.0.113.0/24"] }
clusters = [
    { name = "here", share = 0.5, machine = "Standard_D8s_v5" },
    { name = "there", share = 0.5, region = "westeurope", cidr = "10.80.0.0/14" },
]
[access]
url = "https://coder.acme.dev"
wildcard = "*.coder.acme.dev"
dns_zone = "acme.dev"
certificate = "https://acme-certs.vault.azure.net/secrets/coder"
[azure]
subscription_id = "11111111-2222-3333-4444-555555555555"
dns_resource_group = "dns"
certificate_vault = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs"
runner_cidrs = ["203.0.113.10/32"]
deployers = ["11111111-2222-3333-4444-777777777777"]
admin_groups = ["11111111-2222-3333-4444-666666666666"]
[state]
backend = "azurerm"
resource_group_name = "terraform"
storage_account_name = "acmeterraform"
container_name = "tfstate"
key = "coder.tfstate"
subscription_id = "11111111-2222-3333-4444-555555555555"
tenant_id = "11111111-2222-3333-4444-888888888888"
client_id = "11111111-2222-3333-4444-999999999999"
environment = "public"
"#,
    r#"
cloud = "azure"
region = "eastus"
access = { url = "https://coder.acme.dev", certificate = "https://acme-certs.vault.azure.net/secrets/coder" }
[azure]
subscription_id = "11111111-2222-3333-4444-555555555555"
certificate_vault = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-certs"
resource_group = "coder-prod"
runner_cidrs = ["203.0.113.10/32"]
[network.existing]
id = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/acme"
gateway = "gateway"
coderd = "coderd"
database = "postgres"
nodes = "nodes"
provisioners = "hosts"
nat_addresses = ["203.0.113.7"]
"#,
    r#"
cloud = "gcp"
region = "us-central1"
layout = "module"
access = { url = "https://coder.acme.dev", dns_zone = "acme-dev" }
gcp.project = "acme-prod"
"#,
];

fn specs() -> impl Iterator<Item = toml::Table> {
    SPECS.iter().map(|own| {
        let mut spec: toml::Table = COMMON.parse().unwrap();
        spec.extend(own.parse::<toml::Table>().unwrap());
        spec
    })
}

/// A key or an index.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

/// Where a spec has strings.
fn places(value: &toml::Value, here: &[Step], out: &mut Vec<Vec<Step>>) {
    let mut go = |step: Step, value: &toml::Value| places(value, &[here, &[step]].concat(), out);
    match value {
        toml::Value::String(_) => out.push(here.to_vec()),
        toml::Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| go(Step::Index(index), value));
        }
        toml::Value::Table(table) => table.iter().for_each(|(key, value)| go(Step::Key(key.clone()), value)),
        _ => {}
    }
}

/// The spec with another string at a place.
fn with(spec: &toml::Table, place: &[Step], text: &str) -> String {
    let mut spec = toml::Value::Table(spec.clone());
    let mut value = &mut spec;
    for step in place {
        value = match step {
            Step::Key(key) => &mut value[key.as_str()],
            Step::Index(index) => &mut value[*index],
        };
    }
    *value = text.into();
    toml::to_string(&spec).unwrap()
}

/// What the schema calls a place of a spec: `clusters[].name`, and `state[gcs].bucket` where backends or clouds have keys of their own.
fn path(spec: &toml::Table, place: &[Step]) -> String {
    let mut path = String::new();
    for step in place {
        match step {
            Step::Index(_) => path += "[]",
            Step::Key(_) if path == "tags" => path += ".*",
            Step::Key(key) => path = join(&path, key),
        }
        match path.as_str() {
            "state" => path = format!("state[{}]", spec["state"]["backend"].as_str().unwrap()),
            "network.existing" => path = format!("network.existing[{}]", spec["cloud"].as_str().unwrap()),
            _ => {}
        }
    }
    path
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Every path of the schema, which has all keys, where a string of one's own may stand.
fn known(schema: &Value, path: &str, out: &mut BTreeSet<String>) {
    if schema["type"] == "string" {
        out.insert(path.to_owned());
    }
    for (key, own) in schema["properties"].as_object().into_iter().flatten() {
        known(own, &join(path, key), out);
    }
    for (word, sign) in [("items", "[]"), ("additionalProperties", ".*")] {
        if schema[word].is_object() {
            known(&schema[word], &format!("{path}{sign}"), out);
        }
    }
    for (own, cloud) in schema["anyOf"].as_array().into_iter().flatten().zip(Cloud::ALL) {
        known(own, &format!("{path}[{}]", cloud.as_str()), out);
    }
    for own in schema["oneOf"].as_array().into_iter().flatten() {
        let backend = own["properties"]["backend"]["const"].as_str().unwrap();
        known(own, &format!("{path}[{backend}]"), out);
    }
}

/// Whether a cloud has nothing to do with a path of the schema.
fn is_of_another(cloud: Cloud, path: &str) -> bool {
    let others = Cloud::ALL.into_iter().filter(|other| *other != cloud);
    others.map(Cloud::as_str).any(|other| {
        path.starts_with(&format!("{other}.")) || path.starts_with(&format!("network.existing[{other}]"))
    })
}

/// Collects every template with an interpolation or a directive that the shipped templates do not have.
#[derive(Default)]
struct Code(Vec<String>);

impl Visit for Code {
    fn visit_expr(&mut self, expression: &Expression) {
        if matches!(expression, Expression::StringTemplate(_) | Expression::FuncCall(_)) {
            self.0.push(expression.to_string());
        }
        visit_expr(self, expression);
    }
}

fn code(text: &str) -> Vec<String> {
    let body: Body = text.parse().unwrap();
    let mut code = Code::default();
    code.visit_body(&body);
    code.0
}

#[test]
fn the_specs_of_this_test_have_every_string_key_on_every_cloud_that_has_it() {
    let mut all = BTreeSet::new();
    known(&schema(), "", &mut all);
    assert!(all.len() > 60, "{all:?}");
    let mut missing: BTreeMap<&str, BTreeSet<String>> =
        Cloud::ALL.into_iter().map(|cloud| (cloud.as_str(), all.clone())).collect();
    for cloud in Cloud::ALL {
        missing.entry(cloud.as_str()).or_default().retain(|path| !is_of_another(cloud, path));
    }
    for spec in specs() {
        let mut found = Vec::new();
        places(&toml::Value::Table(spec.clone()), &[], &mut found);
        for path in found.iter().map(|place| path(&spec, place)) {
            // A backend is the same whatever the cloud is.
            let is_everywhere = path.starts_with("state[");
            let clouds = missing
                .iter_mut()
                .filter(|(cloud, _)| is_everywhere || spec["cloud"].as_str() == Some(cloud));
            clouds.for_each(|(_, missing)| missing.retain(|other| *other != path));
        }
    }
    assert!(missing.values().all(BTreeSet::is_empty), "{missing:#?}");
}

#[test]
fn hostile_values_are_refused_or_stay_text() {
    let mut accepted = 0;
    for spec in specs() {
        let text = toml::to_string(&spec).unwrap();
        let good = compile(&text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"));
        let good = render::render(&good.plan).unwrap();
        let mut all = Vec::new();
        places(&toml::Value::Table(spec.clone()), &[], &mut all);
        for (place, value) in all.iter().flat_map(|place| HOSTILE.map(|value| (place, value))) {
            let Ok(compiled) = compile(&with(&spec, place, value)) else { continue };
            accepted += 1;
            let what = || format!("{} = {value:?} in\n{text}", path(&spec, place));
            let tree = render::render(&compiled.plan).unwrap();
            let paths = |tree: &Tree| tree.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>();
            assert_eq!(paths(&tree), paths(&good), "{}: another set of files", what());
            for (path, file) in tree.iter().filter(|(path, _)| !path.starts_with("modules/")) {
                let before = &good.get(path).unwrap().text;
                // What has the same text has the same code.
                if file.text != *before && (path.ends_with(".tf") || path.ends_with(".tfvars")) {
                    assert_eq!(code(&file.text), code(before), "{}: code in {path}", what());
                }
            }
        }
    }
    // Were all refused, the escaping would never have been put to the test.
    assert!(accepted > 0, "no hostile value reaches the templates any more: test the escaping elsewhere");
}

/// Later steps see what is left of a list or an id that was refused.
#[test]
fn a_refused_network_is_refused_with_a_sentence() {
    let specs: Vec<toml::Table> = specs().collect();
    let google = ["projects/acme-net/global/network/acme", "projects/", "projects/projects/", "a/projects/b"];
    let subnet = "subnet-0a1b2c3d4e5f60721";
    let aws = [vec![], vec!["x"], vec![subnet, "x"], vec![subnet, subnet]];
    let set = |spec: &toml::Table, key: &str, value: toml::Value| {
        let mut spec = spec.clone();
        spec["network"]["existing"].as_table_mut().unwrap().insert(key.to_owned(), value);
        toml::to_string(&spec).unwrap()
    };
    let google = google.map(|id| set(&specs[1], "id", id.into()));
    let keys = ["public", "machines", "nodes", "database"];
    let aws = keys.iter().flat_map(|key| aws.iter().map(|ids| set(&specs[3], key, ids.clone().into())));
    for text in google.into_iter().chain(aws) {
        let problems = compile(&text).map(|_| ()).expect_err(&text);
        assert!(problems.iter().any(|problem| problem.span.is_some()), "{problems:?}");
    }
}

#[test]
fn the_output_directory_stays_beside_the_spec() {
    for value in ["/etc/x", "../x", "a/../../x", "", ".", "a\u{0}b", "~/x", "C:\\x", "a//../.."] {
        let place = [Step::Key("output".to_owned())];
        assert!(compile(&with(&specs().next().unwrap(), &place, value)).is_err(), "{value:?}");
    }
}
