//! From the text of `coder.toml` to a [`Spec`], with every mistake of the text in one go.

use toml::de::DeTable;

use super::key::{Key, Kind};
use super::keys::{AZURE, GCP, ROOT, existing};
use super::problems::Problems;
use super::syntax::passable;
use super::walk::Section;
use super::{
    Access, Aws, Azure, Backend, Cloud, Coder, Coderd, Database, Existing, Gcp, Layout, License, Load,
    Machines, Network, Provisioners, Spanned, Spec, State, Tier, Workspaces, access, address, clusters,
    rules, wording,
};
use crate::diagnostic::Diagnostic;

/// What was read.
#[derive(Debug)]
pub struct Reading {
    /// The spec, as far as sizing and plan can work with it: tier, cloud and region are the file's. Where there are
    /// problems, a name, a host name or a project that was refused has a stand-in, so that later steps can add their
    /// problems to the same report; such a spec is not for writing.
    pub spec: Option<Spec>,
    /// Every mistake, by place.
    pub problems: Vec<Diagnostic>,
}

impl Reading {
    /// The spec, if there is no mistake in it.
    ///
    /// # Errors
    /// Every mistake, by place.
    pub fn good(self) -> Result<Spec, Vec<Diagnostic>> {
        match self.spec {
            Some(spec) if self.problems.is_empty() => Ok(spec),
            _ => Err(self.problems),
        }
    }
}

/// The longest text, in bytes, in which every syntax error is looked for; in a longer one the first ends the reading,
/// since the parser needs a kilobyte of memory for each.
const PATIENCE: usize = 64 * 1024;

/// Reads the text of a spec.
pub fn read(text: &str) -> Reading {
    match DeTable::parse(text) {
        Ok(table) => walk(table.get_ref(), Problems::new(text, Vec::new())),
        Err(first) if text.len() > PATIENCE => {
            Reading { spec: None, problems: Problems::new(text, vec![first]).sorted() }
        }
        Err(_) => {
            let (passable, mut errors) = passable(text);
            let (table, more) = DeTable::parse_recoverable(&passable);
            errors.extend(more);
            walk(table.get_ref(), Problems::new(text, errors))
        }
    }
}

fn walk(table: &DeTable<'_>, mut problems: Problems<'_>) -> Reading {
    let cloud = table.get("cloud").and_then(|cloud| cloud.get_ref().as_str());
    if let Some(cloud) = Cloud::ALL.into_iter().find(|one| Some(one.as_str()) == cloud) {
        problems.set_cloud(cloud);
        problems.set_clouds(clusters::clouds(table, cloud));
    }
    let root = Section::of(table, ROOT, "", None, &mut problems);
    require(&root, ROOT, &mut problems);
    require_clouds(&root, &mut problems);
    rules::check(&root, &mut problems);
    clusters::check(&root, &mut problems);
    Reading { spec: form(&root, problems.clouds()), problems: problems.sorted() }
}

/// Reports required keys that are not in the file.
fn require(section: &Section<'_>, keys: impl IntoIterator<Item = &'static Key>, problems: &mut Problems<'_>) {
    for key in keys {
        match &key.kind {
            // A load chooses the tier, be its figures good or not.
            _ if key.name == "tier" && section.section("load").has_any() => {}
            _ if key.required.is_some() => missing(section, key, problems),
            Kind::Table(_) if CLOUD_TABLES.contains(&key.name) || section.lacks_table(key.name) => {}
            Kind::Existing if section.has(key.name) && !section.lacks_table("network.existing") => {
                require(&section.section("network.existing"), existing(problems.cloud()), problems);
            }
            Kind::Table(keys) => require(&section.section(key.name), *keys, problems),
            Kind::Entries(keys) => {
                for entry in section.entries(key.name) {
                    require(entry, *keys, problems);
                }
            }
            Kind::State => {
                let state = section.section(key.name);
                let backend = state.word("backend", &Backend::ALL, Backend::as_str).map(Spanned::into_inner);
                require(&state, backend.unwrap_or_default().keys(), problems);
            }
            _ => {}
        }
    }
}

/// Reports what is missing of the tables of the clouds that have a part in the deployment.
fn require_clouds(root: &Section<'_>, problems: &mut Problems<'_>) {
    if root.word("cloud", &Cloud::ALL, Cloud::as_str).is_none() {
        return;
    }
    for (own, name, keys) in [(Cloud::Gcp, "gcp", GCP), (Cloud::Azure, "azure", AZURE)] {
        if problems.clouds().contains(&own) && !root.lacks_table(name) {
            // Only coderd's gateway takes a certificate.
            let is_home = own == problems.cloud();
            let keys = keys.iter().filter(|key| is_home || key.name != "certificate_vault");
            require(&root.section(name), keys, problems);
        }
    }
}

/// Tables that are demanded by the cloud, not by the file.
const CLOUD_TABLES: [&str; 3] = ["gcp", "aws", "azure"];

fn missing(section: &Section<'_>, key: &Key, problems: &mut Problems<'_>) {
    if section.has(key.name) || problems.may_hide(key.name) {
        return;
    }
    let problem = wording::missing(&section.path(key.name), key, section.name());
    problems.push(Diagnostic { span: section.span.clone(), ..problem });
}

/// The spec out of the good values; `None` without tier or load, cloud or region.
fn form(root: &Section<'_>, clouds: &[Cloud]) -> Option<Spec> {
    let tier = root.word("tier", &Tier::ALL, Tier::as_str);
    let load = load(&root.section("load"));
    if tier.is_none() && (root.has("tier") || load.place().is_none()) {
        return None;
    }
    let cloud = root.word("cloud", &Cloud::ALL, Cloud::as_str)?;
    let region = root.text("region")?;
    let stand_in = |text: &str| Spanned::new(0..0, text.to_owned());
    let machines =
        root.word("machines", &[Machines::Published, Machines::Current], |machines| match machines {
            Machines::Published => "published",
            Machines::Current => "current",
        });
    let layout = root.word("layout", &[Layout::Root, Layout::Module], |layout| match layout {
        Layout::Root => "root",
        Layout::Module => "module",
    });
    let gcp = root.section("gcp");
    let table = workspaces(&root.section("workspaces"));
    Some(Spec {
        name: root.text("name").unwrap_or_else(|| stand_in("acme-coder")),
        tier,
        tier_revision: root.whole("tier_revision").map(|revision| {
            Spanned::new(revision.span(), u8::try_from(revision.into_inner()).unwrap_or(u8::MAX))
        }),
        gcp: clouds
            .contains(&Cloud::Gcp)
            .then(|| Gcp { project: gcp.text("project").unwrap_or_else(|| stand_in("acme-prod")) }),
        aws: clouds.contains(&Cloud::Aws).then(|| aws(&root.section("aws"))),
        azure: clouds.contains(&Cloud::Azure).then(|| azure(&root.section("azure"))),
        clusters: clusters::form(root, &cloud, &region, &table),
        cloud,
        region,
        burstable: root.flag("burstable").is_some_and(Spanned::into_inner),
        license: root.word("license", &[License::Premium, License::Community], |license| match license {
            License::Premium => "premium",
            License::Community => "community",
        }),
        machines: machines.map(Spanned::into_inner).unwrap_or_default(),
        layout: layout.map(Spanned::into_inner).unwrap_or_default(),
        output: root.text("output"),
        tags: root.section("tags").texts_but("").collect(),
        load,
        access: access(&root.section("access")),
        coder: coder(&root.section("coder")),
        coderd: coderd(&root.section("coderd")),
        provisioners: provisioners(&root.section("provisioners")),
        workspaces: table,
        database: database(&root.section("database")),
        network: network(&root.section("network")),
        state: state(&root.section("state")),
    })
}

fn list(section: &Section<'_>, key: &str) -> Vec<Spanned<String>> {
    section.list(key).map_or_else(Vec::new, Spanned::into_inner)
}

fn is_set(section: &Section<'_>, key: &str) -> bool {
    section.flag(key).is_some_and(Spanned::into_inner)
}

fn aws(section: &Section<'_>) -> Aws {
    Aws {
        account_id: section.text("account_id"),
        profile: section.text("profile"),
        admins: list(section, "admins"),
        api_cidrs: list(section, "api_cidrs"),
        nat_per_zone: is_set(section, "nat_per_zone"),
    }
}

fn azure(section: &Section<'_>) -> Azure {
    let stand_in = Azure::placeholder();
    Azure {
        subscription_id: section.text("subscription_id").unwrap_or(stand_in.subscription_id),
        resource_group: section.text("resource_group"),
        dns_resource_group: section.text("dns_resource_group"),
        certificate_vault: section.text("certificate_vault").unwrap_or(stand_in.certificate_vault),
        runner_cidrs: list(section, "runner_cidrs"),
        deployers: list(section, "deployers"),
        admin_groups: list(section, "admin_groups"),
        encryption_at_host: is_set(section, "encryption_at_host"),
        waf: is_set(section, "waf"),
        geo_redundant_backup: is_set(section, "geo_redundant_backup"),
    }
}

fn load(section: &Section<'_>) -> Load {
    Load {
        users: section.whole("users"),
        concurrent_builds: section.whole("concurrent_builds"),
        running_workspaces: section.whole("running_workspaces"),
        builds_per_day: section.whole("builds_per_day"),
        api_rps: section.whole("api_rps"),
    }
}

fn access(section: &Section<'_>) -> Access {
    Access {
        hostname: section.text("url").map_or_else(
            || Spanned::new(0..0, "coder.example.com".to_owned()),
            |url| Spanned::new(url.span(), access::hostname(url.get_ref()).to_owned()),
        ),
        wildcard: section.text("wildcard"),
        dns_zone: section.text("dns_zone"),
        certificate: section.text("certificate"),
    }
}

fn coder(section: &Section<'_>) -> Coder {
    Coder { version: section.text("version"), sha256: section.text("sha256"), mirror: section.text("mirror") }
}

fn coderd(section: &Section<'_>) -> Coderd {
    Coderd {
        replicas: section.whole("replicas"),
        vcpus: section.whole("vcpus"),
        memory_gb: section.whole("memory_gb"),
        machine: section.text("machine"),
    }
}

fn provisioners(section: &Section<'_>) -> Provisioners {
    Provisioners {
        count: section.whole("count"),
        per_host: section.whole("per_host"),
        vcpus_each: section.number("vcpus_each"),
        memory_gb_each: section.number("memory_gb_each"),
        machine: section.text("machine"),
        on_coderd: section.flag("on_coderd"),
    }
}

/// The keys of `[workspaces]`, which a cluster may have too.
pub(super) fn workspaces(section: &Section<'_>) -> Workspaces {
    Workspaces {
        vcpus: section.number("vcpus"),
        memory_gb: section.number("memory_gb"),
        volume_gb: section.whole("volume_gb"),
        per_node: section.whole("per_node"),
        nodes_min: section.whole("nodes_min"),
        nodes_max: section.whole("nodes_max"),
        machine: section.text("machine"),
        arm: is_set(section, "arm"),
    }
}

fn database(section: &Section<'_>) -> Database {
    Database {
        vcpus: section.whole("vcpus"),
        memory_gb: section.whole("memory_gb"),
        storage_gb: section.whole("storage_gb"),
        machine: section.text("machine"),
        version: section.whole("version"),
        high_availability: section.flag("high_availability"),
        backup_days: section.whole("backup_days"),
        max_connections: section.whole("max_connections"),
    }
}

fn network(section: &Section<'_>) -> Network {
    let range = |text: Spanned<String>| {
        address::range(text.get_ref()).ok().map(|range| Spanned::new(text.span(), range))
    };
    Network {
        cidr: section.text("cidr").and_then(range),
        zones: section.list("zones"),
        internal: is_set(section, "internal"),
        allowed_cidrs: section
            .list("allowed_cidrs")
            .map_or_else(Vec::new, |list| list.into_inner().into_iter().filter_map(range).collect()),
        existing: existing_network(&section.section("network.existing")),
    }
}

fn existing_network(section: &Section<'_>) -> Option<Existing> {
    let keys = SUBNETS.iter().filter(|key| section.has(key));
    Some(Existing {
        id: section.text("id")?,
        nat_addresses: list(section, "nat_addresses"),
        private_services: is_set(section, "private_services"),
        subnets: keys
            .map(|key| (*key, section.text(key).map_or_else(|| list(section, key), |one| vec![one])))
            .collect(),
    })
}

/// The subnets of `[network.existing]` on any cloud, and on Google Cloud the ranges of that of the nodes.
const SUBNETS: [&str; 10] = [
    "public",
    "gateway",
    "coderd",
    "machines",
    "nodes",
    "pods",
    "services",
    "provisioners",
    "database",
    "proxies",
];

fn state(section: &Section<'_>) -> State {
    let backend = section.word("backend", &Backend::ALL, Backend::as_str);
    State {
        backend: backend.map(Spanned::into_inner).unwrap_or_default(),
        arguments: section.texts_but("backend").collect(),
    }
}
