//! The tables of what a change does (`templates/catalog`), row by row: each is about something that the templates set, and a simulated
//! plan or apply brings it about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use hcl::{Body, Structure};

use super::replace::at;
use crate::impact::When;
use crate::impact::class::Value as Known;
use crate::impact::table::{self, How, Only};
use crate::rehearse::change::empty;
use crate::rehearse::cloud::Cloud;
use crate::rehearse::dummy::convert;
use crate::rehearse::protocol::{self as p, AttributePath, Selector};
use crate::rehearse::provider::{Connection, Provider};
use crate::rehearse::schema::{BUNDLE, Block, Nesting, ProviderSchema};
use crate::rehearse::value::{Object, Value};

/// The simulated clouds' providers, for calls without an engine.
struct Simulated {
    schemas: Vec<ProviderSchema>,
    providers: Vec<Provider>,
    cloud: Arc<Cloud>,
}

impl Simulated {
    fn start() -> Simulated {
        let cloud: Arc<Cloud> = Arc::default();
        let schemas: Vec<ProviderSchema> = BUNDLE.iter().map(|bundled| bundled.load().unwrap()).collect();
        let providers = BUNDLE.iter().zip(&schemas);
        let providers =
            providers.map(|(b, schema)| Provider::new(b.name, schema.clone(), Arc::clone(&cloud))).collect();
        Simulated { schemas, providers, cloud }
    }

    fn block(&self, of: &str) -> &Block {
        let schema = self.schemas.iter().find_map(|schema| schema.resource_schemas.get(of));
        &schema.unwrap_or_else(|| panic!("no type {of}")).block
    }

    fn call<M: prost::Message + Default>(&self, of: &str, method: &str, message: &impl prost::Message) -> M {
        let index = self.schemas.iter().position(|schema| schema.resource_schemas.contains_key(of)).unwrap();
        let answer = self.providers[index].call(&Connection::default(), method, &message.encode_to_vec());
        M::decode(answer.unwrap().as_slice()).unwrap()
    }

    fn plan(&self, of: &str, prior: &Value, proposed: &Value) -> p::PlanResourceChangeResponse {
        let request = p::PlanResourceChangeRequest {
            type_name: of.to_owned(),
            prior_state: Some(encode(prior)),
            proposed_new_state: Some(encode(proposed)),
            config: Some(encode(proposed)),
            ..Default::default()
        };
        self.call(of, "PlanResourceChange", &request)
    }

    /// What the cloud says against a change.
    fn apply(&self, of: &str, prior: &Value, planned: &Value) -> Vec<String> {
        let request = p::ApplyResourceChangeRequest {
            type_name: of.to_owned(),
            prior_state: Some(encode(prior)),
            planned_state: Some(encode(planned)),
            config: Some(encode(planned)),
            ..Default::default()
        };
        let answer: p::ApplyResourceChangeResponse = self.call(of, "ApplyResourceChange", &request);
        answer.diagnostics.into_iter().map(|diagnostic| diagnostic.summary).collect()
    }

    /// A resource before and after a change of `argument` that is one of `when`, both of them such that `only` holds.
    fn change(&self, of: &str, argument: &str, when: When, only: Option<&Only>) -> (Value, Value) {
        let block = self.block(of);
        let pairs = pairs(block, argument, when);
        let (old, new) = pairs
            .into_iter()
            .find(|(old, new)| when.is_met(&Known::from(old), &Known::from(new)))
            .unwrap_or_else(|| panic!("no change of {of}.{argument} is {when:?}"));
        let resource = |value: &Value| {
            let mut resource = empty(block);
            put(&mut resource, block, "id", "one".into());
            if let Some(Only::Is(argument, wanted)) = only {
                put(&mut resource, block, argument, literal(block, argument, wanted));
            }
            if let Some(Only::Above(above, other)) = only {
                put(&mut resource, block, above, Value::Int(2));
                put(&mut resource, block, other, Value::Int(1));
            }
            put(&mut resource, block, argument, value.clone());
            resource
        };
        (resource(&old), resource(&new))
    }
}

fn encode(value: &Value) -> p::DynamicValue {
    p::DynamicValue { msgpack: value.encode(), json: Vec::new() }
}

/// The type of the attribute at a path, or nothing for a block.
fn type_at<'a>(block: &'a Block, path: &str) -> Option<&'a serde_json::Value> {
    match path.split_once('.') {
        Some((name, rest)) => type_at(&block.block_types.get(name)?.block, rest),
        None => block.attributes.get(path)?.r#type.as_ref(),
    }
}

fn block_at<'a>(block: &'a Block, path: &str) -> &'a Block {
    path.split('.').fold(block, |block, name| &block.block_types[name].block)
}

fn literal(block: &Block, path: &str, text: &str) -> Value {
    let kind = type_at(block, path).and_then(serde_json::Value::as_str).unwrap();
    convert(text, kind)
}

/// Sets the value at a path, in blocks that are made where they are not.
fn put(resource: &mut Value, block: &Block, path: &str, value: Value) {
    let Value::Map(entries) = resource else { panic!("no object at {path}") };
    let Some((name, rest)) = path.split_once('.') else {
        entries.insert(path.to_owned(), value);
        return;
    };
    let nested = &block.block_types[name];
    let entry = entries.get_mut(name).unwrap();
    if matches!(nested.nesting_mode, Nesting::List | Nesting::Set) {
        let Value::List(blocks) = entry else { panic!("no blocks at {path}") };
        if blocks.is_empty() {
            blocks.push(empty(&nested.block));
        }
        put(&mut blocks[0], &nested.block, rest, value);
    } else {
        if entry.is_null() {
            *entry = empty(&nested.block);
        }
        put(entry, &nested.block, rest, value);
    }
}

/// Values that an argument may go from and to; a condition is to find one that it is about.
fn pairs(block: &Block, path: &str, when: When) -> Vec<(Value, Value)> {
    let Some(kind) = type_at(block, path) else {
        let inner = block_at(block, path);
        let (none, some) = (Value::List(Vec::new()), Value::List(vec![empty(inner)]));
        let mut pairs = vec![(none.clone(), some.clone()), (some.clone(), none)];
        if let Some((name, _)) = inner.attributes.iter().find(|(_, a)| a.r#type == Some("string".into())) {
            let mut other = empty(inner);
            put(&mut other, inner, name, "other".into());
            pairs.insert(0, (some, Value::List(vec![other])));
        }
        return pairs;
    };
    let texts = |texts: &[&str]| Value::List(texts.iter().map(|text| (*text).into()).collect());
    match kind {
        serde_json::Value::String(kind) if kind == "bool" => {
            vec![(Value::Bool(true), Value::Bool(false)), (Value::Bool(false), Value::Bool(true))]
        }
        serde_json::Value::String(kind) if kind == "number" => {
            vec![(Value::Int(2), Value::Int(1)), (Value::Int(1), Value::Int(2))]
        }
        serde_json::Value::String(_) => {
            let mut pairs: Vec<(Value, Value)> = [
                ("one", "other"),
                ("17", "16"),
                ("16", "17"),
                ("1.33", "1.35"),
                ("10.0.0.0/16", "10.0.0.0/24"),
                ("10.0.0.0/24", "10.0.0.0/16"),
            ]
            .map(|(old, new)| (old.into(), new.into()))
            .into();
            if let When::To(wanted) = when {
                pairs.push(("one".into(), wanted.into()));
            }
            pairs.extend([("one".into(), Value::Null), (Value::Null, "one".into())]);
            pairs
        }
        serde_json::Value::Array(kind) if kind[0] == "map" => {
            let map = |value: &str| Value::Map(Object::from([("key".to_owned(), value.into())]));
            vec![(map("one"), map("other"))]
        }
        _ => vec![
            (texts(&["one", "two"]), texts(&["one"])),
            (texts(&["10.0.0.0/16"]), texts(&["10.0.0.0/17"])),
            (texts(&["one"]), texts(&["other"])),
            (texts(&[]), texts(&["one"])),
            (texts(&["one"]), texts(&[])),
        ],
    }
}

fn names(path: &AttributePath) -> String {
    let names = path.steps.iter().filter_map(|step| match &step.selector {
        Some(Selector::AttributeName(name)) => Some(name.as_str()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// Rows about a resource, not about a provider's configuration or Terraform's own type.
fn is_a_clouds(of: &str) -> bool {
    !of.starts_with("provider.") && of != "terraform_data"
}

#[test]
fn every_row_of_replacements_replaces_in_a_simulated_plan() {
    let simulated = Simulated::start();
    for rule in table::rules().filter(|rule| is_a_clouds(rule.of)) {
        let (prior, proposed) = simulated.change(rule.of, rule.argument, rule.when, None);
        let plan = simulated.plan(rule.of, &prior, &proposed);
        let paths: Vec<String> = plan.requires_replace.iter().map(names).collect();
        assert!(paths.iter().any(|path| path == rule.argument), "{rule:?}: {paths:?}");
        // The same thing again replaces nothing there. (Nothing has filled here what is computed.)
        let is_written = type_at(simulated.block(rule.of), rule.argument).is_some();
        if is_written && !FOLLOWS.contains(&(rule.of, rule.argument)) {
            let plan = simulated.plan(rule.of, &proposed, &proposed);
            assert!(!plan.requires_replace.iter().any(|path| names(path) == rule.argument), "{rule:?}");
        }
    }
}

#[test]
fn every_row_of_refusals_is_answered_by_the_simulated_cloud() {
    let simulated = Simulated::start();
    for refusal in table::refusals() {
        let only = refusal.only.as_ref();
        match (refusal.how, refusal.when) {
            (_, When::OnDestroy(value)) => {
                let block = simulated.block(refusal.of);
                let mut prior = empty(block);
                put(&mut prior, block, refusal.argument, literal(block, refusal.argument, value));
                let said = simulated.apply(refusal.of, &prior, &Value::Null);
                assert!(said.iter().any(|said| said.contains(refusal.says)), "{refusal:?}: {said:?}");
            }
            (_, When::Replaced) => {
                // Whether it is used is no matter of its own arguments.
                assert_eq!(refusal.of, "google_compute_region_instance_group_manager", "{refusal:?}");
                let group = |name: &str| Object::from([(name.to_owned(), "groups/coderd".into())]);
                let service =
                    Object::from([("backend".to_owned(), Value::List(vec![Value::Map(group("group"))]))]);
                let (state, config) = (service.clone(), service);
                simulated.cloud.put("google_compute_backend_service", "one", None, state, config);
                let said = simulated.apply(refusal.of, &Value::Map(group("instance_group")), &Value::Null);
                assert!(said.iter().any(|said| said.contains("already being used")), "{said:?}");
            }
            (How::Ignored, when) => {
                let (prior, proposed) = simulated.change(refusal.of, refusal.argument, when, only);
                let plan = simulated.plan(refusal.of, &prior, &proposed);
                let planned = Value::decode(&plan.planned_state.unwrap().msgpack).unwrap();
                assert_eq!(at(&planned, refusal.argument), at(&prior, refusal.argument), "{refusal:?}");
            }
            (How::Apply, when) => {
                let (prior, planned) = simulated.change(refusal.of, refusal.argument, when, only);
                let said = simulated.apply(refusal.of, &prior, &planned);
                assert!(said.iter().any(|said| said.contains(refusal.says)), "{refusal:?}: {said:?}");
                let said = simulated.apply(refusal.of, &planned, &planned);
                assert!(!said.iter().any(|said| said.contains(refusal.says)), "{refusal:?}: {said:?}");
            }
        }
    }
}

#[test]
fn every_row_of_notes_is_about_a_change_that_a_simulated_plan_has() {
    let simulated = Simulated::start();
    for note in table::notes() {
        let only = note.only.as_ref();
        if matches!(note.when, When::Created | When::Destroyed | When::Replaced) {
            assert!(note.argument.is_empty(), "{note:?}");
            if let Some(Only::Is(argument, wanted)) = only {
                literal(simulated.block(note.of), argument, wanted);
            }
            simulated.block(note.of);
            continue;
        }
        let (prior, proposed) = simulated.change(note.of, note.argument, note.when, only);
        let plan = simulated.plan(note.of, &prior, &proposed);
        let planned = Value::decode(&plan.planned_state.unwrap().msgpack).unwrap();
        let (old, new) = (at(&prior, note.argument), at(&planned, note.argument));
        assert_ne!(old, new, "{note:?}");
        let lookup = |argument: &str| at(&planned, argument);
        let mut said = table::notes_on(note.of, note.argument, &old, &new, &lookup);
        assert!(said.any(|said| said.says == note.says), "{note:?}");
    }
}

/// Computed arguments that follow from what the templates set.
const FOLLOWS: [(&str, &str); 1] = [("google_compute_region_instance_template", "effective_labels")];

#[test]
fn every_row_is_about_an_argument_that_the_templates_set() {
    let set = arguments();
    let rows = table::rules().map(|row| (row.of, row.argument));
    let rows = rows.chain(table::notes().map(|row| (row.of, row.argument)));
    let rows = rows.chain(table::refusals().map(|row| (row.of, row.argument)));
    let mut strangers = Vec::new();
    for (of, argument) in rows.filter(|(of, _)| is_a_clouds(of)) {
        let known = set.get(of).is_some_and(|set| argument.is_empty() || set.contains(argument));
        if !known && !FOLLOWS.contains(&(of, argument)) {
            strangers.push(format!("{of}.{argument}"));
        }
    }
    assert!(strangers.is_empty(), "no template sets {strangers:?}: delete the rows");
    let types = table::stateful().map(|row| row.of).filter(|of| is_a_clouds(of));
    for of in types {
        assert!(set.contains_key(of), "no template has {of}");
    }
}

/// What the templates set: by type the arguments and the blocks, dotted.
fn arguments() -> BTreeMap<String, BTreeSet<String>> {
    let mut set = BTreeMap::new();
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/modules");
    let mut folders = vec![templates];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "tf") {
                let body = hcl::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
                for block in body.blocks().filter(|block| block.identifier() == "resource") {
                    let of = block.labels()[0].as_str().to_owned();
                    collect(block.body(), "", set.entry(of).or_default());
                }
            }
        }
    }
    set
}

fn collect(body: &Body, above: &str, set: &mut BTreeSet<String>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                set.insert(format!("{above}{}", attribute.key()));
            }
            Structure::Block(block) if block.identifier() == "dynamic" => {
                let name = block.labels()[0].as_str();
                let content = block.body().blocks().find(|block| block.identifier() == "content").unwrap();
                set.insert(format!("{above}{name}"));
                collect(content.body(), &format!("{above}{name}."), set);
            }
            Structure::Block(block) => {
                set.insert(format!("{above}{}", block.identifier()));
                collect(block.body(), &format!("{above}{}.", block.identifier()), set);
            }
        }
    }
}

/// The kinds of things, what there is to be known of a change of each, and where that stands for Google Cloud, AWS and Azure: the rows
/// by type and argument, or, after a dash, the reason why there are none.
const KINDS: &[(&str, &str, [&str; 3])] = &[
    (
        "coderd's machines",
        "they are replaced",
        [
            "google_compute_region_instance_group_manager version.instance_template, \
             google_compute_region_instance_group_manager all_instances_config",
            "aws_autoscaling_group launch_template.version",
            "azurerm_linux_virtual_machine_scale_set custom_data, azurerm_linux_virtual_machine_scale_set sku",
        ],
    ),
    (
        "coderd's machines",
        "there are fewer",
        [
            "google_compute_region_instance_group_manager target_size",
            "aws_autoscaling_group desired_capacity, aws_autoscaling_group vpc_zone_identifier",
            "azurerm_linux_virtual_machine_scale_set instances",
        ],
    ),
    (
        "a provisioner host",
        "it is replaced",
        [
            "google_compute_region_instance_group_manager version.instance_template, \
             google_compute_region_instance_group_manager all_instances_config",
            "aws_autoscaling_group launch_template.version",
            "azurerm_linux_virtual_machine_scale_set custom_data, azurerm_linux_virtual_machine_scale_set sku",
        ],
    ),
    (
        "a provisioner host",
        "there are fewer",
        [
            "google_compute_region_instance_group_manager target_size",
            "aws_autoscaling_group desired_capacity",
            "azurerm_linux_virtual_machine_scale_set instances",
        ],
    ),
    (
        "a node",
        "it is replaced",
        [
            "google_container_node_pool node_config.machine_type, google_container_node_pool node_config.disk_type",
            "aws_eks_node_group launch_template.version, aws_eks_node_group version",
            "azurerm_kubernetes_cluster_node_pool vm_size, azurerm_kubernetes_cluster default_node_pool.vm_size",
        ],
    ),
    (
        "a node",
        "there are to be fewer",
        [
            "google_container_node_pool autoscaling.total_max_node_count, google_container_node_pool node_count",
            "aws_eks_node_group scaling_config.max_size, aws_eks_node_group scaling_config.desired_size",
            "azurerm_kubernetes_cluster_node_pool max_count, azurerm_kubernetes_cluster default_node_pool.node_count",
        ],
    ),
    (
        "a node",
        "its pool or zone goes",
        [
            "google_container_node_pool , google_container_cluster node_locations",
            "aws_eks_node_group ",
            "azurerm_kubernetes_cluster_node_pool ",
        ],
    ),
    (
        "a balancer",
        "who reaches it",
        [
            "google_compute_backend_service security_policy, google_compute_region_backend_service security_policy, \
             google_compute_security_policy rule.match.config.src_ip_ranges, \
             google_compute_region_security_policy rules.match.config.src_ip_ranges, google_compute_global_forwarding_rule ",
            "aws_lb internal, aws_vpc_security_group_ingress_rule cidr_ipv4",
            "azurerm_application_gateway frontend_ip_configuration.public_ip_address_id, \
             azurerm_application_gateway firewall_policy_id, azurerm_network_security_group security_rule",
        ],
    ),
    (
        "a balancer",
        "it goes, or its address",
        ["google_compute_global_address ", "aws_lb ", "azurerm_application_gateway , azurerm_public_ip "],
    ),
    (
        "a database",
        "it restarts",
        [
            "google_sql_database_instance settings.tier, google_sql_database_instance settings.database_flags",
            "aws_db_instance instance_class, aws_db_parameter_group parameter",
            "azurerm_postgresql_flexible_server sku_name, azurerm_postgresql_flexible_server_configuration value",
        ],
    ),
    (
        "a database",
        "it is upgraded",
        [
            "google_sql_database_instance database_version",
            "aws_db_instance engine_version",
            "azurerm_postgresql_flexible_server version",
        ],
    ),
    (
        "a database",
        "its storage changes",
        [
            "- Cloud SQL grows a disk where it is, as often as is wanted",
            "aws_db_instance allocated_storage, aws_db_instance iops, aws_db_instance storage_throughput",
            "- Azure grows the storage where it is, as often as is wanted",
        ],
    ),
    (
        "a database",
        "its network has a zone less",
        [
            "- the private connection is the whole region's",
            "aws_db_subnet_group subnet_ids",
            "- the delegated subnet is the whole region's",
        ],
    ),
    (
        "a database",
        "it has no standby any more",
        [
            "google_sql_database_instance settings.availability_type",
            "aws_db_instance multi_az",
            "azurerm_postgresql_flexible_server high_availability",
        ],
    ),
    (
        "a database",
        "it keeps fewer backups",
        [
            "google_sql_database_instance settings.backup_configuration.backup_retention_settings.retained_backups",
            "aws_db_instance backup_retention_period",
            "azurerm_postgresql_flexible_server backup_retention_days",
        ],
    ),
    (
        "a database",
        "its password is another",
        [
            "google_sql_user password_wo_version",
            "aws_db_instance password_wo_version",
            "azurerm_postgresql_flexible_server administrator_password_wo_version",
        ],
    ),
    (
        "a cluster",
        "who reaches its API",
        [
            "google_container_cluster master_authorized_networks_config.cidr_blocks.cidr_block, \
             google_container_cluster control_plane_endpoints_config.dns_endpoint_config.allow_external_traffic",
            "aws_eks_cluster vpc_config.public_access_cidrs, aws_eks_cluster vpc_config.endpoint_public_access",
            "azurerm_kubernetes_cluster api_server_access_profile.authorized_ip_ranges",
        ],
    ),
    (
        "a cluster",
        "it is upgraded",
        [
            "- the release channel upgrades it, never an apply",
            "aws_eks_cluster version",
            "- the upgrade channel upgrades it, never an apply",
        ],
    ),
    (
        "an identity",
        "it goes",
        ["google_service_account ", "aws_iam_role ", "azurerm_user_assigned_identity "],
    ),
    (
        "an identity",
        "what it may do changes",
        [
            "google_project_iam_member , google_secret_manager_secret_iam_member ",
            "aws_iam_role_policy policy, aws_iam_role_policy , aws_iam_role_policy_attachment ",
            "azurerm_role_assignment ",
        ],
    ),
    (
        "a firewall",
        "whom it lets in",
        [
            "google_compute_firewall source_ranges, google_compute_firewall ",
            "aws_vpc_security_group_ingress_rule cidr_ipv4, aws_vpc_security_group_ingress_rule ",
            "azurerm_network_security_group security_rule, azurerm_key_vault network_acls.ip_rules",
        ],
    ),
    (
        "a secret",
        "its value is another",
        [
            "google_secret_manager_secret_version secret_data_wo_version",
            "aws_secretsmanager_secret_version secret_string_wo_version",
            "azurerm_key_vault_secret value_wo_version",
        ],
    ),
    (
        "a certificate",
        "it is for other names",
        [
            "google_certificate_manager_certificate managed.domains",
            "aws_acm_certificate domain_name, aws_acm_certificate subject_alternative_names",
            "azurerm_application_gateway ssl_certificate.key_vault_secret_id",
        ],
    ),
    (
        "a name",
        "it answers with another address",
        [
            "google_dns_record_set rrdatas",
            "aws_route53_record alias.name",
            "azurerm_dns_a_record records, azurerm_private_dns_a_record records",
        ],
    ),
];

#[test]
fn what_is_known_of_one_cloud_is_known_of_all() {
    let prefixes = ["google_", "aws_", "azurerm_"];
    let mut named = BTreeSet::new();
    for (kind, what, cells) in KINDS {
        for (prefix, cell) in prefixes.iter().zip(cells) {
            if let Some(reason) = cell.strip_prefix("- ") {
                assert!(reason.len() > 20, "{kind}, {what}: {reason}");
                continue;
            }
            for row in cell.split(", ") {
                let (of, argument) = row.split_once(' ').unwrap();
                assert!(of.starts_with(prefix), "{kind}, {what}: {of}");
                let mut notes = table::notes().filter(|note| note.of == of && note.argument == argument);
                assert!(notes.next().is_some(), "{kind}, {what}: no note on {of} {argument:?}");
                named.insert(of);
            }
        }
    }
    let missing: Vec<_> = table::notes().map(|note| note.of).filter(|of| !named.contains(of)).collect();
    assert!(missing.is_empty(), "notes on {missing:?} are of no kind: what do the other clouds do there?");
}
